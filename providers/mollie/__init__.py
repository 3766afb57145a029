"""Mollie: settlements and their chargebacks, as its API answers."""
