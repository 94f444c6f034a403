"""News by RSS and Atom: feedparser reads the bytes that we have fetched, and never fetches anything itself."""
