"""What a client contests of an invoice: reason, amount, who resolves it by when, how it ended."""
