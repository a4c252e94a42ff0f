"""Matrix calculus by index: matrices read into indexed sums, differentiated entry by entry, folded back."""
