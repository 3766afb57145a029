"""Balance reports of the Bank Administration Institute, version 2: BAI2."""
