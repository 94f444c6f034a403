"""The door: schema assembly, documents, limits and cost, HTTP and WebSocket, the IDE page."""
