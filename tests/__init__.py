"""The tests: unit, integration, end to end, and the limits of the tree itself."""
