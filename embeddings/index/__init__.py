"""What an index promises to those who search it, and the tokens and texts that one is made of."""
