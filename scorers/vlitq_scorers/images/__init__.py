"""What the images themselves are like."""
