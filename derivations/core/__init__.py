"""The engine: declared symbols, normal form, rules, kernel, derivations and their stored form."""
