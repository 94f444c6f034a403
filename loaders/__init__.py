"""The batches: one loader per question, one SQL statement per segment, one life per operation."""
