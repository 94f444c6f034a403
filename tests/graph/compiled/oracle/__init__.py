"""The proof of the compiled engine: what it answers is held against what graphql-core answers."""
