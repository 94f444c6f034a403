"""The scorers, from the intake to tables and events."""
