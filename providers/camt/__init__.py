"""Bank reports, statements and notifications of ISO 20022: camt.052, camt.053, camt.054."""
