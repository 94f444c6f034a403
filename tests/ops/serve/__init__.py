"""The API as a process."""
