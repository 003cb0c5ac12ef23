"""The lists of the features below: each file registers some when it is imported."""

from webapp.exports.lists import alerts, disputes, documents, figures, money, statement

__all__ = ["alerts", "disputes", "documents", "figures", "money", "statement"]
