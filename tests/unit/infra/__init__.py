"""Tests of the adapters, as far as they are pure."""
