"""Texts to vectors: what an encoder is, the bundled one, and how languages lie in it."""
