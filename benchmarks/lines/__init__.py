"""One module per line of the table, or for a few that share their data."""
