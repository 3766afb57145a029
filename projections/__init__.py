"""The read side: one module a read model, a pure fold and its SQL."""
