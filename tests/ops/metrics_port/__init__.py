"""Tests of the metrics of processes that serve no API."""
