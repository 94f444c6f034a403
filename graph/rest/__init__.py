"""Paths for those who want plain JSON or a cacheable address: each answers with a document known beforehand."""
