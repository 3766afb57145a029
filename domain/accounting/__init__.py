"""Accounting: what events mean in the ledger, and the chart of accounts.

Shape: posting.lines(event, book) -> ledger lines; table.TABLE says how, for a bookkeeper to read;
trial.post adds them up. Aggregates import accounts.py only: everything else here knows their
events, so this package imports nothing by itself.
Source: docs/ledger.md.
"""
