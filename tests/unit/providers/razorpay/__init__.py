"""Settlements of Razorpay."""
