"""MT940 and MT942: samples, grammar, hostile files, a writer and a second reader."""
