"""Rendered doorway scenes with exact truth."""
