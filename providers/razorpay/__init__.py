"""Razorpay: collections of settlements, as its API answers."""
