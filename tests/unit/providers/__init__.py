"""Settlement files: read exactly, proven whole, or refused."""
