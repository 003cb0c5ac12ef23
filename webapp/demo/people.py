"""The people of the demo company and the branches they work in. Pure and fixed: no chance here."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

COMPANY_NAME = "Martel Négoce"
COMPANY_SIREN = "812345676"
ROOT = "Siège"
DOMAIN = "encours.demo"
REGIONS: dict[str, tuple[str, ...]] = {
    "Région Sud-Est": ("Lyon", "Grenoble", "Marseille"),
    "Région Ouest": ("Nantes", "Rennes", "Bordeaux"),
}
BRANCHES = tuple(name for names in REGIONS.values() for name in names)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the company. `weight` is a sales representative's share of the clients."""

    email: str
    name: str
    role: str
    branch: str
    weight: float = 1.0

    @property
    def handle(self) -> str:
        return self.email.split("@")[0]

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


CAST = (
    Person(f"alice@{DOMAIN}", "Alice Roux", "credit_manager", ROOT),
    Person(f"bob@{DOMAIN}", "Bob Martin", "sales_rep", "Lyon", 2.2),
    Person(f"chloe@{DOMAIN}", "Chloé Vidal", "branch_manager", "Lyon"),
    Person(f"david@{DOMAIN}", "David Nguyen", "after_sales", "Lyon"),
    Person(f"emma@{DOMAIN}", "Emma Caron", "cfo", ROOT),
    Person(f"sonia@{DOMAIN}", "Sonia Petit", "accountant", ROOT),
    Person(f"ada@{DOMAIN}", "Ada Leroy", "admin", ROOT),
)
_OTHERS: dict[str, dict[str, tuple[str, ...]]] = {
    ROOT: {"accountant": ("Karim Benali", "Marie-Laure Jacquet")},
    "Région Sud-Est": {"branch_manager": ("Philippe Garnier",)},
    "Région Ouest": {"branch_manager": ("Solenn Le Goff",)},
    "Lyon": {"sales_rep": ("Inès Haddad", "Julien Perret", "Thi-Mai Pham")},
    "Grenoble": {
        "branch_manager": ("Laurent Favre",),
        "after_sales": ("Sofia Almeida",),
        "sales_rep": ("Mathieu Blanc", "Camille Rey", "Yanis Mokrani"),
    },
    "Marseille": {
        "branch_manager": ("Nadia Cherif",),
        "after_sales": ("Antoine Ricci",),
        "sales_rep": ("Lucas Giordano", "Myriam Sellam", "Florian Esposito", "Awa Diallo"),
    },
    "Nantes": {
        "branch_manager": ("Gwenaëlle Tessier",),
        "after_sales": ("Moussa Traoré",),
        "sales_rep": ("Oscar Blanchard", "Élodie Moreau", "Romain Guérin"),
    },
    "Rennes": {
        "branch_manager": ("Yann Kervella",),
        "after_sales": ("Léa Rousseau",),
        "sales_rep": ("Erwan Le Bihan", "Pauline Hamon", "Samuel Mendy"),
    },
    "Bordeaux": {
        "branch_manager": ("Hélène Lafitte",),
        "after_sales": ("Paulo Ferreira",),
        "sales_rep": ("Nicolas Dupouy", "Sarah Bensoussan", "Xavier Etcheverry"),
    },
}


def make_people() -> list[Person]:
    """The cast first, then the other thirty-three."""
    others = [
        Person(f"{_address(name)}@{DOMAIN}", name, role, branch)
        for branch, by_role in _OTHERS.items()
        for role, names in by_role.items()
        for name in names
    ]
    return [*CAST, *others]


def _address(name: str) -> str:
    """`Gwenaëlle Le Goff` is written to as `gwenaelle.legoff`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    first, _, last = plain.partition(" ")
    return f"{first}.{last.replace(' ', '')}"


def reps(people: list[Person]) -> list[Person]:
    return [person for person in people if person.role == "sales_rep"]
