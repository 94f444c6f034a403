"""Log lines: written, read again, and analyzed."""
