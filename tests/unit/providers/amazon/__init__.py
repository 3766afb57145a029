"""Tests of the Amazon settlement flat file."""
