"""Tests of flame graphs of running processes."""
