"""What a language model makes of the answers."""
