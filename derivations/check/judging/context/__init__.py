"""What surrounds a formula: the words, the conventions and the exercise it stands in."""
