"""What was written without a network: the outbox's page, and the replay of its acts by their features."""
