"""Stripe: every layout read exactly, proven where it can be, or refused."""
