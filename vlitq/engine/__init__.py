"""Runs a plan: read, decode, encode, score, write."""
