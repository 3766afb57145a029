"""Tests of Alipay's bills and of the export of a private wallet."""
