"""Reads that put several features side by side, inside the actor's scope."""
