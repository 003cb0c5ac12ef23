"""Figures over the whole ledger: the aged balance, what is overdue."""
