"""What can go wrong with an embedded server, said for the person at the terminal."""


class ServerUnavailable(Exception):
    """An embedded server cannot be used; the message says why and what to do about it."""
