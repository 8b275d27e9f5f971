"""Passages to an answer in the documents' own sentences, and how likely they answer at all."""
