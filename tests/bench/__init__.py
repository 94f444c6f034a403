"""Measurements, run by hand: `python -m tests.bench.NAME`. They print numbers and assert nothing."""
