"""What a wrong line is told: a counterexample in small numbers, and the probable slip."""
