"""The `fanlight` command, one sub-command a file."""
