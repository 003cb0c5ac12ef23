"""Commands, run in the process, and once each as an operator would on a fresh machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text

from tests.factories.people import Cast
from tests.serving import Server
from tests.users.conftest import PASSWORD
from webapp.core.db import unit_of_work
from webapp.users import queries
from webapp.users.security import is_password_of

CREATE = ["users", "create", "--email", "zoe@x.fr", "--name", "Zoé Roy", "--role", "cfo", "--branch", "Brest"]


@pytest.fixture
def run(app: Flask, cast: Cast) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_a_person_is_made_with_a_password_in_a_branch_that_is_new(run: FlaskCliRunner) -> None:
    done = run.invoke(args=[*CREATE, "--password-stdin"], input=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert "cfo in Brest" in done.output
    user = queries.find_user_by_email("zoe@x.fr")
    assert user is not None
    assert is_password_of(user, PASSWORD)
    assert queries.find_branch_by_name("Brest") is not None


@pytest.mark.parametrize(
    ("change", "stdin", "said"),
    [
        ({"--role": "commercial"}, None, "sales_rep, after_sales, branch_manager"),
        ({"--email": "bob@encours.test"}, None, "email:"),
        ({"--email": "bob"}, None, "email:"),
        ({"--name": " "}, None, "name:"),
        ({"--branch": " "}, None, "branch:"),
        ({"--password-stdin": None}, "\n", "no password"),
    ],
)
def test_what_is_wrong_is_said_with_exit_code_one(
    run: FlaskCliRunner, change: dict[str, str | None], stdin: str | None, said: str
) -> None:
    values = dict(zip(CREATE[2::2], CREATE[3::2], strict=True)) | change
    args = CREATE[:2] + [part for pair in values.items() for part in pair if part is not None]
    done = run.invoke(args=args, input=stdin)
    assert (done.exit_code, said in done.output) == (1, True), done.output
    assert queries.find_user_by_email("zoe@x.fr") is None


def test_a_short_password_is_taken_with_a_warning(run: FlaskCliRunner) -> None:
    done = run.invoke(args=[*CREATE, "--password-stdin"], input="court\n")
    assert done.exit_code == 0
    assert "fewer than 10" in done.output


def test_people_are_shut_out_and_let_in(run: FlaskCliRunner) -> None:
    assert run.invoke(args=["users", "disable", "--email", "bob@encours.test"]).exit_code == 0
    refused = run.invoke(args=["tokens", "create", "--email", "bob@encours.test"])
    assert (refused.exit_code, "disabled" in refused.output) == (1, True)
    assert run.invoke(args=["users", "enable", "--email", "bob@encours.test"]).exit_code == 0
    assert run.invoke(args=["users", "disable", "--email", "nobody@x.fr"]).exit_code == 1


def test_a_token_stands_alone_on_the_last_line(app: Flask, run: FlaskCliRunner) -> None:
    done = run.invoke(args=["tokens", "create", "--email", "bob@encours.test"])
    token = done.output.splitlines()[-1]
    actor = queries.find_token_actor(token)
    assert actor is not None
    assert actor.handle == "bob"


def test_the_audit_trail_is_verified(run: FlaskCliRunner) -> None:
    whole = run.invoke(args=["audit", "verify"])
    assert (whole.exit_code, "chain whole" in whole.output) == (0, True)
    with unit_of_work() as session:
        session.execute(text("UPDATE audit_payloads SET body = body || ' '"))
    broken = run.invoke(args=["audit", "verify"])
    assert (broken.exit_code, "was altered" in broken.output) == (1, True)


def test_the_company_is_set(run: FlaskCliRunner) -> None:
    done = run.invoke(args=["company", "set", "--name", "Delorme", "--siren", "732829320"])
    assert (done.exit_code, "Delorme, SIREN 732829320" in done.output) == (0, True)
    assert run.invoke(args=["company", "set", "--siren", "1"]).exit_code == 1


@pytest.mark.server
def test_commands_work_on_a_machine_where_nothing_was_prepared(tmp_path: Path) -> None:
    machine = Server(tmp_path, SECRET_KEY="fresh")
    made = machine.flask(*CREATE, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert "migrating it first" in made.stderr
    token = machine.flask("tokens", "create", "--email", "zoe@x.fr").stdout.splitlines()[-1]
    assert token.startswith("enc_")
    assert "chain whole" in machine.flask("audit", "verify").stdout
