"""One file for each real or simulated part outside the sealed room."""
