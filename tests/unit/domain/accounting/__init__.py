"""What events mean in the ledger."""
