"""Stored files: kept by content under the instance folder, read under the rights of what they hang on."""
