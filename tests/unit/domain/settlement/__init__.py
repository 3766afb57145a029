"""What a settlement batch and a settlement reference may do."""
