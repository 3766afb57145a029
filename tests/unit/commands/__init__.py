"""Tests of the write side, pure."""
