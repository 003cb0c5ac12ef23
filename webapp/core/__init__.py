"""What every feature stands on: transactions, events, jobs, money, time. Knows no feature."""
