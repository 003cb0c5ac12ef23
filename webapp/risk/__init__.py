"""Limits by amount and delay, utilisation, alerts."""
