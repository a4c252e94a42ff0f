"""Backpropagation: the recursion for any depth, its variants, its bounds, compiled to NumPy."""
