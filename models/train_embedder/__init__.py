"""Training of the embedders on rendered people (see README.md)."""
