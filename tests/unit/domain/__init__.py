"""Tests of the rules: no server, no clock, no chance but hypothesis's own."""
