"""The page on a server: who comes in, who waits, which headers, and what programs can ask."""
