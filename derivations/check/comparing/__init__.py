"""Comparing two readings: by instances, the normal form, matrices, probabilities, solutions and truth."""
