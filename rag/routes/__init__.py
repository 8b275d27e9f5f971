"""A room a kind of question: each answers from the index what single facts do not."""
