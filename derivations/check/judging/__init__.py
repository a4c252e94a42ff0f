"""Judging: each line of a student's derivation against what it claims, the line before it and the last right one."""
