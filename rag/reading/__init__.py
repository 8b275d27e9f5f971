"""Small models that read a passage: for what answers a question, and for whether it bears a statement out."""
