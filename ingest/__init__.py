"""The intake: reads foreign data, finds tickers, scores text, writes batches. Never imported by the API."""
