"""What is remembered of the database, and how a write makes every process forget it."""
