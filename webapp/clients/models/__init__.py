"""Tables about clients."""

from webapp.clients.models.client import Client, ClientAlias, Merge
from webapp.clients.models.custom import CustomField, CustomValue
from webapp.clients.models.parts import Address, BankAccount, Contact, Document, Reference, Signatory

__all__ = [
    "Address",
    "BankAccount",
    "Client",
    "ClientAlias",
    "Contact",
    "CustomField",
    "CustomValue",
    "Document",
    "Merge",
    "Reference",
    "Signatory",
]
