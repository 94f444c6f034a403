"""Intake: foreign data of every quality, tickers, scores, and the simulated market."""
