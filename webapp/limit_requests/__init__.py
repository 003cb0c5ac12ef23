"""Limits asked for by who meets the client, decided by who answers for the risk, with what was seen."""
