"""Paths beside the endpoint that answer with known documents."""
