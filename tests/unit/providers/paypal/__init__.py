"""Tests of the PayPal reports."""
