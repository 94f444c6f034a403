"""Yahoo Finance: bars, quotes, and what an unknown symbol is called. Unofficial, so no answer is taken on faith.

There are no rate headers: at most 5 calls a second, and after a refusal waits that double from 30 seconds.
"""
