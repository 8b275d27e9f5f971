"""What is asked: the question's language, its parts, its terms, and what it leans on. Knows no index."""
