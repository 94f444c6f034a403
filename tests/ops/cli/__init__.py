"""The commands, as scripts and people run them."""
