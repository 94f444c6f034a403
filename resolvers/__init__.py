"""The nouns: one file per type of the API, each holding its fields and how they resolve."""
