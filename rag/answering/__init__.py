"""One question on its way to its answer: the way, and what answers in documents' or a model's words."""
