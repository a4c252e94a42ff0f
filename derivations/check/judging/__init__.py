"""The judge: `judge` goes through the lines with a running `chain`; its rooms are the context of a formula, the worlds of what is
known, the deciding of one relation, the instances it is tried on, and the feedback on a wrong line."""
