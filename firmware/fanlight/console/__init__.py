"""The page on the device: what a shop sees, what an installer needs, and an API for programs."""
