"""Plays feeds into the intake as collectors would: recorded ones from a file, and the demo's live market.

A feed is played by its own clock, at any speed, and its checkpoint enters the stream with the items it covers.
"""
