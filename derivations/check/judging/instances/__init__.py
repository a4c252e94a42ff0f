"""Instances on which lines are tried."""
