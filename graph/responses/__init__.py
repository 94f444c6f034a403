"""Whole responses, kept for as long as nothing that they were made of has changed.

An answer is a function of its document, its variables and the request's instant, so these make its key; what it read
is known by tags, so a write drops it. Nothing here is served unless this process hears of every write.
"""
