"""Tests of the way from bytes to an admitted operation."""
