"""Readers and writers of training data, a file each."""
