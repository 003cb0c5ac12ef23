"""What a person has in front of them: the day, their clients with balance and limit, what happened."""
