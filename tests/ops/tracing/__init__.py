"""Traces: what is kept of them, and what a collector receives."""
