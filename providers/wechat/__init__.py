"""WeChat Pay: its trade bill, read and written."""
