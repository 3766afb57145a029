"""Payoneer: the transactions of an account."""
