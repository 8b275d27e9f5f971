"""The index on one disk: FAISS vectors, Tantivy postings and SQLite rows in one folder a generation."""
