"""Copies: one file with the database and what stands beside it, made while the server runs, and back.

`kept.py` is where features say what of theirs belongs in a copy and how to check it afterwards.
"""
