"""The index on a Milvus server, for a corpus and its readers beyond one machine."""
