"""Conversations attached to a subject: messages, read marks, followers. Knows no subject."""
