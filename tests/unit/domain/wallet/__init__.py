"""Tests of the wallet's rules."""
