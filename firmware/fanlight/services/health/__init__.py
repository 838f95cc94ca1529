"""Is this device fit to count? One check a file, each with what to do."""
