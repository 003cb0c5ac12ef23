"""Client events, a module a feature."""
