"""Wrong use, races, cancelled awaits, killed servers."""
