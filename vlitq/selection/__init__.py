"""Selection: gates, fusion, budget and methods over the columns of a run; pure functions underneath."""
