"""`tally demo`: a day of business on real servers, reconciled against a real provider's bill."""
