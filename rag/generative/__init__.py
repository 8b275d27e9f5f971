"""Passages to an answer that a language model writes, each sentence led back to where it stands."""
