"""The collector: receives the counted hours of a chain's devices, and shows them."""
