"""Publishing a file of commands: read and checked, spooled, sent, and answered."""
