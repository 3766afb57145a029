"""Adyen: reports made by hand, made up at random, and damaged."""
