"""Reads that figures are made of, inside the actor's scope."""
