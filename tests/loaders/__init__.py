"""The batches."""
