"""Maximum likelihood of any one-sample density: read, derived, compiled, verified."""
