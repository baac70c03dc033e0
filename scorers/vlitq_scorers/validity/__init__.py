"""Whether a sample is well-formed and right, as far as no model is needed to tell."""
