"""Text to plain data and nouns, and back, with every fault at once; opens no file."""
