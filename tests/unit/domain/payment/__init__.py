"""What a payment order must do, alone and with its order, wallets and collection."""
