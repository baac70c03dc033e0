"""What samples have in common: duplicates, neighbours, the diversity of the set."""
