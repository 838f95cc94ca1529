"""The interim person detector: how its files are made."""
