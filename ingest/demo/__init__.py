"""Demo data: real company names with simulated prices and posts, the same on every machine and in every run.

Every row carries `simulated`. Any hour can be generated alone: a top-up writes what a full load would have written.
"""
