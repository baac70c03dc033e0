"""What selection methods compute, as pure functions: arrays in, arrays out; no run, no model, no file."""
