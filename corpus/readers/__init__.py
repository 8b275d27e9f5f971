"""Bytes of a file to its documents: which reader, within which limits, and one room a format."""
