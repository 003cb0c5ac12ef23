"""A believable company made from a seed: people, clients, two years of books, conversations."""
