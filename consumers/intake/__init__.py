"""Intake: money files are proven whole, kept, published line by line, sealed, and compared."""
