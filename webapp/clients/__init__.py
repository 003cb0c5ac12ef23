"""Who owes us: identity, branch, sales representative, terms."""
