"""Async use cases on ports."""
