"""Tests of the sources, against a server of the tests' own on a real socket."""
