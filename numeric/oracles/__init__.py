"""Independent answers: one file a subject, sharing no code with what they judge."""
