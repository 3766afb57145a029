"""Settlements and chargebacks of Mollie."""
