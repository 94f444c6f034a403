"""Imports: files of stocks, prices and posts, as CSV or JSON Lines, of any size, in bounded memory.

A bad row is reported with its line and reason and passed over; an input that cannot be read at all is refused whole.
"""
