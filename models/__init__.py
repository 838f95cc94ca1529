"""Recipes that make what the device ships: models and rendered scenes."""
