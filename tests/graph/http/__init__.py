"""The door: HTTP, event streams and sockets over a small schema of the tests' own."""
