"""The recipe of the project's own person detector: train, evaluate, export."""
