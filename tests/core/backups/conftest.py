"""Two houses on each kind of database: `here`, with the cast and its books, and `elsewhere`, empty."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask

from tests.daemons import Postgres
from tests.factories.books import make_client, make_invoice
from tests.factories.people import make_cast
from webapp import create_app
from webapp.config import Settings
from webapp.core.backups import making
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.users.services import ensure_company

MakeHouse = Callable[[str], Flask]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make_house(kind: str, tmp_path: Path, request: pytest.FixtureRequest, app: Flask) -> Iterator[MakeHouse]:
    """`make_house("name")`: an application of its own on an empty instance and database."""
    made: list[Flask] = []

    def make(name: str) -> Flask:
        folder = tmp_path / name
        url = ""
        if kind == "postgresql":
            cluster: Postgres = request.getfixturevalue("own_postgres")
            url = cluster.create(f"{name}_{uuid.uuid4().hex[:8]}")
        environ = {"ENCOURS_ENV": "test", "INSTANCE_PATH": str(folder), "DATABASE_URL": url}
        made.append(create_app(Settings.from_environ(environ)))
        return made[-1]

    yield make
    for house in made:
        with house.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def here(kind: str, make_house: MakeHouse, request: pytest.FixtureRequest) -> Flask:
    """A house where people work."""
    house = make_house("here")
    instance = house.config["SETTINGS"].instance_path
    if kind == "sqlite":
        shutil.copytree(request.getfixturevalue("furnished"), instance, dirs_exist_ok=True)
    else:
        furnish(house)
    return house


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance folder of a furnished house on SQLite, made once."""
    folder = tmp_path_factory.mktemp("furnished")
    furnish(create_app(Settings.from_environ({"ENCOURS_ENV": "test", "INSTANCE_PATH": str(folder)})))
    return folder


@pytest.fixture(scope="session")
def whole_copy(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the furnished house."""
    target = tmp_path_factory.mktemp("copies") / "copy.tar.gz"
    house = create_app(Settings.from_environ({"ENCOURS_ENV": "test", "INSTANCE_PATH": str(furnished)}))
    with house.app_context():
        making.make(house.config["SETTINGS"], target)
    return target


def furnish(house: Flask) -> None:
    """The cast, a client with invoices, and files: to keep, and not to keep."""
    with house.app_context():
        flask_migrate.upgrade()
        with unit_of_work():
            ensure_company()
        with unit_of_work():
            cast = make_cast()
        client = make_client(cast)
        for _ in range(5):
            make_invoice(cast, client)
        db.session.remove()
        db.engine.dispose()
    instance = house.config["SETTINGS"].instance_path
    (instance / "imports").mkdir()
    (instance / "imports" / "waiting.csv").write_text("ref;montant\n")
    (instance / "vapid_private.pem").write_text("a key")
    (instance / "wake.db-journal").write_text("none of anybody’s business")


@pytest.fixture
def elsewhere(make_house: MakeHouse) -> Flask:
    """An empty house."""
    return make_house("elsewhere")


def stand(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, to compare before and after."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "in_use.lock"
    }


Members = dict[str, bytes]


def rewrite(copy: Path, change: Callable[[Members], None]) -> None:
    """Unpack, change, pack again."""
    with tarfile.open(copy) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(copy, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def edit_manifest(**values: object) -> Callable[[Members], None]:
    """A change of the manifest alone."""

    def change(members: Members) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | values).encode()

    return change
