"""Person detectors: packages, which of them is used, and how they are made."""
