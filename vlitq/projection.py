"""The map of a run: its samples in two dimensions, near each other where their vectors are."""
