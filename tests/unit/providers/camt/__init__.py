"""Tests of the reader of camt.052, camt.053 and camt.054."""
