"""Where contents lie for good: a folder of this machine, or a bucket that speaks S3 and the folder before it.

With a bucket the folder is a copy near at hand: what is missing there is fetched, what was not asked for
lately goes at night. Several machines then share one bucket and nothing else.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

from webapp.core.errors import Unavailable
from webapp.core.ids import new_id

EXTENSION = "encours.depot"
AGAIN_SECONDS = 30
AWAY = _l("Le stockage des fichiers ne répond pas. Rien n’est perdu : réessayez dans un instant.")
T = TypeVar("T")


class Depot(Protocol):
    """A place for contents, by their names."""

    def put(self, path: Path) -> None:
        """Have the content of this file for good."""

    def fetch(self, path: Path) -> None:
        """Put the content back at `path`, if it is known."""

    def drop(self, name: str) -> None:
        """Forget a content."""

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Contents it has, and since when; none where the folder itself is looked at."""

    @property
    def apart(self) -> bool:
        """Whether contents lie elsewhere than in the folder."""


class Folder:
    """The folder is the place."""

    apart = False

    def put(self, path: Path) -> None:
        """It is there."""

    def fetch(self, path: Path) -> None:
        """There is nowhere else to look."""

    def drop(self, name: str) -> None:
        """Whoever took it out of the folder did so."""

    def names(self) -> Iterator[tuple[str, datetime]]:
        return iter(())


@dataclass(frozen=True)
class Address:
    """What `s3://bucket/prefix?endpoint=…&region=…` says."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None

    @classmethod
    def parse(cls, url: str) -> Address:
        """Keys and secrets are not in it: the environment or the machine's role has them."""
        parts, said = urlsplit(url), parse_qs(urlsplit(url).query)
        prefix = parts.path.strip("/")
        return cls(
            parts.netloc,
            f"{prefix}/" if prefix else "",
            next(iter(said.get("endpoint", [])), None),
            next(iter(said.get("region", [])), None),
        )


class Bucket:
    """A bucket that speaks S3."""

    apart = True

    def __init__(self, url: str) -> None:
        self._address = Address.parse(url)
        self._making = threading.Lock()
        self._made: Any = None

    @property
    def _client(self) -> Any:
        with self._making:
            if self._made is None:
                self._made = _client(self._address)
        return self._made

    def _key(self, name: str) -> dict[str, str]:
        return {"Bucket": self._address.bucket, "Key": f"{self._address.prefix}{name[:2]}/{name}"}

    def put(self, path: Path) -> None:
        content = path.read_bytes()
        _asked(lambda: self._client.put_object(**self._key(path.name), Body=content))

    def fetch(self, path: Path) -> None:
        found = _asked(lambda: self._client.get_object(**self._key(path.name))["Body"].read())
        if found is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_name(f"{path.name}.{new_id().hex}.part")
        written.write_bytes(found)
        os.replace(written, path)

    def drop(self, name: str) -> None:
        _asked(lambda: self._client.delete_object(**self._key(name)))

    def names(self) -> Iterator[tuple[str, datetime]]:
        where = {"Bucket": self._address.bucket, "Prefix": self._address.prefix}
        pages = self._client.get_paginator("list_objects_v2").paginate(**where)
        for page in _asked(lambda: list(pages)) or []:
            for found in page.get("Contents", []):
                yield found["Key"].rsplit("/", 1)[-1], found["LastModified"]


def _client(address: Address) -> Any:
    import boto3
    from botocore.config import Config

    patience = Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"})
    return boto3.client(
        "s3", endpoint_url=address.endpoint, region_name=address.region or "eu-west-3", config=patience
    )


def _asked(ask: Callable[[], T]) -> T | None:
    """What the bucket answers; None when it has no such content. Raises Unavailable when it is silent."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return ask()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
            return None
        raise Unavailable(AWAY, retry_after=AGAIN_SECONDS) from error
    except BotoCoreError as error:
        raise Unavailable(AWAY, retry_after=AGAIN_SECONDS) from error


def install(app: Flask) -> None:
    """The place that the settings name."""
    settings = app.config["SETTINGS"]
    app.extensions[EXTENSION] = Bucket(settings.storage_url) if settings.bucket else Folder()


def depot() -> Depot:
    """The running application's."""
    found: Depot = current_app.extensions[EXTENSION]
    return found
