"""Settlement reports of Trustly."""
