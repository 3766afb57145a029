"""What a proof says of what it finds."""
