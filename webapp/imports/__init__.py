"""Files in: parse, dry run, commit, undo."""
