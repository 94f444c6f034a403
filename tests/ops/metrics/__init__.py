"""What a process counts, one part at a time."""
