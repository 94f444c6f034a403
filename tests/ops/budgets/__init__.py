"""Objectives: their file, and the edges that they make."""
