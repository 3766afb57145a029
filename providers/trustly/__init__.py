"""Trustly: details of an automatic settlement."""
