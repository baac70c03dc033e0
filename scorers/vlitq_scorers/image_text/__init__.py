"""How images and texts go together, by an image–text model."""
