"""The supervisor: our programs as processes of their own, started again when one dies."""
