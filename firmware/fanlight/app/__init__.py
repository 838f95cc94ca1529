"""Configuration, composition and supervision of the device."""
