"""PayPal settlement, transaction detail and activity reports."""
