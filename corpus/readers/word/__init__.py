"""Word files: the package's parts, its styles and numbers, and what a reader sees of each paragraph and table."""
