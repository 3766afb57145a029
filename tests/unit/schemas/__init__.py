"""Tests of the contract on the wire: files, codec, other people's schemas, JSON."""
