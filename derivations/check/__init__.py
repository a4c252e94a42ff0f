"""Student work: reading mathematics, comparing it, and judging it line by line."""
