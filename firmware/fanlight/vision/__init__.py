"""The sealed room: the only place where pixels and embeddings exist."""
