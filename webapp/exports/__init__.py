"""Lists as files: one definition of a list's columns becomes CSV, XLSX or PDF."""
