"""The scorers: take items off the intake, find stocks and sentiment, store, tell; nothing is lost, nothing doubled."""
