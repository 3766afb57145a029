"""Amazon settlement flat files."""
