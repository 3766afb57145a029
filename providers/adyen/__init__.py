"""Adyen: settlement details and payments accounting, read, and settlement details made up."""
