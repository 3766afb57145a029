"""What a collection must do."""
