"""`tally up` and `tally run`, as whole processes on real servers."""
