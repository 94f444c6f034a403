"""Tests mirror the rooms; flows/ drives whole requests, abuse/ breaks things on purpose."""
