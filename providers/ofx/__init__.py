"""Statements of banks and cards in OFX 1 (SGML) and OFX 2 (XML)."""
