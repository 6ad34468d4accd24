"""Papers: what is set, cut and printed."""
