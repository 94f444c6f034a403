"""Tests of the shelves, on real servers."""
