"""Raw text to clean text: pure functions over lines that keep their place in the file."""
