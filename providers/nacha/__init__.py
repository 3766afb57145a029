"""NACHA: files of the American automated clearing house."""
