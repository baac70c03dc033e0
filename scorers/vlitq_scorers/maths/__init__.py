"""Pure functions on arrays and strings: no model, no file, no state."""
