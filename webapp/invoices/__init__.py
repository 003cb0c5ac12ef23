"""What is owed: invoices, instalments, and the balance kept for each client."""
