"""The row cache, on real servers."""
