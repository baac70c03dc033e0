"""The report of a run: one HTML page that shows what was scored, what is wrong with it, and what selections did."""
