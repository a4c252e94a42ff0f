"""The mathematics: one package a subject, all listed in `catalogue`."""
