"""Tests of the transfer's rules."""
