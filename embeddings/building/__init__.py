"""Documents to the next generation of an index: incremental, resumable, checked before it answers."""
