"""Kept responses: what may be kept, where, and for how long."""
