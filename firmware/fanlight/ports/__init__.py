"""What the device asks of its parts, and the errors they promise."""
