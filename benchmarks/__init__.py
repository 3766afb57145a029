"""The figures: what is measured, on real servers, printed as JSON."""
