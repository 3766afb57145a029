"""What an order must do."""
