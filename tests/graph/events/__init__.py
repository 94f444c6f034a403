"""The event bus: from Redis streams to subscribers."""
