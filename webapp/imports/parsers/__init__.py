"""Readers of files: bytes in, rows and faults out. They know no table and no request."""
