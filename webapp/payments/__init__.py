"""What was received, and which invoices it settles."""
