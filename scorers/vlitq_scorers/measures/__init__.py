"""Measures of whole sets: how diverse, redundant and balanced they are. Numbers that a run cannot give are left out."""
