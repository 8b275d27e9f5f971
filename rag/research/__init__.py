"""Questions that one search does not answer: a language model looks for itself, with tools over the documents."""
