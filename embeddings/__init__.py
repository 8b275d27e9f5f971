"""Passages to vectors and postings to a searchable index on disk."""
