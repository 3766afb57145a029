"""Stripe: reports, balance transactions, object tables and the export of payments."""
