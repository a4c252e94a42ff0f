"""Reading mathematics: LaTeX in, statements in the engine's representation out; the grammar and the notations beside."""
