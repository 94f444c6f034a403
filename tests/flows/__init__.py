"""Whole requests, with their SQL statements and batches counted."""
