"""Sockets over the sample schema."""
