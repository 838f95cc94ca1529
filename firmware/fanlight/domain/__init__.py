"""Pure rules of counting: no clock, no input, no output."""
