"""The rules: one module an aggregate, money, refusals, accounting. Standard library only."""
