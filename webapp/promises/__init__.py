"""Promises to pay: who said what would come by when, and whether it came."""
