"""Tests of the reader of OFX 1 and 2."""
