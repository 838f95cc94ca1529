"""Fanlight: a camera above the door that counts people and keeps none of them."""

__version__ = "0.1.0"
