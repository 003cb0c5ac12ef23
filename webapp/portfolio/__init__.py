"""What a device keeps of its person's clients, to be read without a network."""
