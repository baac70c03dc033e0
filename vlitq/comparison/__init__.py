"""Compares selections of one run: with each other, with random controls of the same budget, and with the whole run."""
