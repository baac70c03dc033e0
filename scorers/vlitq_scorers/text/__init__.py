"""What the words of a sample are like: length, variety, readability, language, what is asked."""
