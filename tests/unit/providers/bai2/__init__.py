"""BAI2: samples, grammar, hostile files and a second reader."""
