"""What every request passes before it is routed: pure ASGI, one concern in each file."""
