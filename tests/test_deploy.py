"""The shape of real use on one machine: nginx, two web processes, a worker, PostgreSQL, Redis."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import requests
import socketio

from tests.several import PASSWORD, ROOT, Several, wait_for

pytestmark = pytest.mark.server
PAGES = ("/", "/clients", "/invoices", "/alerts", "/threads", "/settings/sessions")
MEGA = 1024 * 1024
VARIABLE = re.compile(r"\$\{(ENCOURS_\w+)\}")


@pytest.fixture(scope="module")
def whole() -> Iterator[Several]:
    several = Several()
    try:
        several.wait()
        several.seed()
        yield several
    finally:
        left = several.stop()
    assert left == [], "still running after SIGTERM"


@pytest.fixture
def site(whole: Several) -> Several:
    """Everything up, whatever an earlier test killed."""
    whole.settle()
    return whole


def csrf_in(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def sign_in(site: Several) -> requests.Session:
    browser = requests.Session()
    token = csrf_in(browser.get(f"{site.url}/sign-in", timeout=10).text)
    fields = {"csrf_token": token, "email": "alice@encours.test", "password": PASSWORD}
    answer = browser.post(f"{site.url}/sign-in", data=fields, allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    return browser


def from_address(site: Several, source: str, method: str, path: str, **parts: object) -> tuple[int, str, str]:
    """Ask nginx from one of this machine's loopback addresses: status, body, cookie."""
    place = urlsplit(site.url)
    connection = http.client.HTTPConnection(
        place.hostname or "", place.port, source_address=(source, 0), timeout=10
    )
    connection.request(method, path, **parts)  # type: ignore[arg-type]
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, body, (answer.getheader("Set-Cookie") or "").split(";")[0]


def test_somebody_signs_in_and_sees_pages_whichever_process_answers(site: Several) -> None:
    browser = sign_in(site)
    for path in PAGES * 2:
        answer = browser.get(f"{site.url}{path}", timeout=10, allow_redirects=False)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8"), path
    sheet = browser.get(f"{site.url}/clients/{site.client_id}", timeout=10)
    assert sheet.status_code == 200 and site.client_name in sheet.text


def test_what_protects_an_answer_comes_through_untouched(site: Several) -> None:
    browser = sign_in(site)
    for path, status in {"/": 200, "/nowhere": 404, "/api/v1/clients": 200}.items():
        answer = browser.get(f"{site.url}{path}", timeout=10)
        direct = browser.get(f"{site.webs[0]}{path}", timeout=10)
        assert answer.status_code == direct.status_code == status, path
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy and "unsafe" not in policy, path
        assert "no-store" in answer.headers["Cache-Control"], path
        kept = {"X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "X-Robots-Tag"}
        for name in kept | {"Cross-Origin-Opener-Policy"}:
            assert answer.headers[name] == direct.headers[name], (path, name)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_built_files_are_kept_by_nginx_and_pages_come_compressed_by_the_application(site: Several) -> None:
    page = requests.get(f"{site.url}/sign-in", headers={"Accept-Encoding": "gzip"}, timeout=10)
    assert page.headers["Content-Encoding"] == "gzip" and "X-Cache" not in page.headers
    path = re.search(r'href="(/static/dist/chunks/start-[^"]+\.js)"', page.text)
    assert path is not None
    requests.get(f"{site.url}{path[1]}", timeout=10)
    answer = requests.get(f"{site.url}{path[1]}", timeout=10)
    assert answer.headers["X-Cache"] == "HIT"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"] and "public" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_tries_to_sign_in_are_counted_by_the_callers_own_address(site: Several) -> None:
    _status, page, cookie = from_address(site, "127.0.0.2", "GET", "/sign-in")
    fields = urlencode({"csrf_token": csrf_in(page), "email": "count@encours.test", "password": "wrong"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}

    def attempt(source: str, number: int) -> int:
        # A made-up address is believed by nobody.
        forged = {
            **headers,
            "X-Forwarded-For": f"198.51.100.{number}",
            "Forwarded": f"for=203.0.113.{number}",
        }
        return from_address(site, source, "POST", "/sign-in", body=fields, headers=forged)[0]

    statuses = [attempt("127.0.0.2", number) for number in range(24)]
    assert statuses.count(429) >= 4 and set(statuses) == {422, 429}
    assert attempt("127.0.0.3", 99) == 422


def test_each_process_says_that_it_lives_and_is_ready(site: Several) -> None:
    for address in (*site.webs, site.url):
        for path in ("/healthz", "/readyz"):
            answer = requests.get(f"{address}{path}", timeout=10)
            assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert site.webs[0] != site.webs[1]


def test_figures_are_each_processs_own_and_not_for_whom_nginx_lets_in(site: Several) -> None:
    for address in site.webs:
        text = requests.get(f"{address}/metrics", timeout=10).text
        assert re.search(r"^encours_sockets_open \d", text, re.MULTILINE)
        assert 'encours_database_connections{state="in_use"}' in text
    assert requests.get(f"{site.url}/metrics", timeout=10).status_code == 401
    for handle, status in {"alice": 403, "ada": 200}.items():
        headers = {"Authorization": f"Bearer {site.tokens[handle]}"}
        assert requests.get(f"{site.url}/metrics", headers=headers, timeout=10).status_code == status


def test_a_request_keeps_its_id_from_end_to_end_and_leaves_only_that_in_the_logs(site: Several) -> None:
    browser = sign_in(site)
    headers = {"X-Request-Id": "from-the-caller-1"}
    answer = browser.get(f"{site.url}/clients?q={site.client_name}", headers=headers, timeout=10)
    assert answer.headers["X-Request-Id"] == "from-the-caller-1"
    made = browser.get(f"{site.url}/clients/{site.client_id}", timeout=10).headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", made)
    log = wait_for(lambda: made in (text := site.log()) and text, "the line")
    assert "from-the-caller-1" in log
    canaries = (site.client_name, "alice@encours.test", PASSWORD, *site.tokens.values())
    assert [each for each in canaries if each in log] == []


def sockets_of(address: str) -> float:
    found = re.search(
        r"^encours_sockets_open (\S+)$", requests.get(f"{address}/metrics", timeout=10).text, re.M
    )
    assert found is not None
    return float(found[1])


def test_sockets_spread_over_both_processes_and_all_hear_a_message(site: Several) -> None:
    before = [sockets_of(address) for address in site.webs]
    clients, heard = [], []
    for handle in ("alice", "ada", "alice", "ada"):
        client = socketio.Client(reconnection=False, handle_sigint=False)
        client.on("message.posted", lambda payload, who=client: heard.append((who.sid, payload["message"])))
        client.connect(
            site.url, auth={"token": site.tokens[handle]}, transports=["websocket"], wait_timeout=10
        )
        answer = client.call("thread.join", {"thread_id": site.invoice_id}, timeout=10)
        assert answer["ok"]
        clients.append(client)
    after = [sockets_of(address) for address in site.webs]
    assert all(now > then for now, then in zip(after, before, strict=True))
    act = {"thread_id": site.invoice_id, "client_id": str(uuid.uuid4()), "body": "vu avec le transporteur"}
    assert clients[0].call("message.send", act, timeout=10)["ok"]
    others = {client.sid for client in clients[1:]}
    wait_for(lambda: others <= {sid for sid, _message in heard}, "every socket's own copy")
    assert {message["body"] for _sid, message in heard} == {"vu avec le transporteur"}
    for client in clients:
        client.disconnect()


def head_of_upload(site: Several, path: str, size: int) -> socket.socket:
    """An upload that announces `size` and has sent its first five megabytes."""
    place = urlsplit(site.url)
    connection = socket.create_connection((place.hostname, place.port), timeout=10)
    connection.sendall(
        f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: text/csv\r\n"
        f"Content-Length: {size}\r\nConnection: close\r\n\r\n".encode()
    )
    with contextlib.suppress(OSError):  # it may have been refused by now
        connection.sendall(b"x" * 5 * MEGA)
    return connection


def files_of_nginx(site: Several) -> list[str]:
    """Bodies nginx keeps on its disk right now: open files whose name is gone already."""
    master = site.pids["nginx"]
    workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    found = []
    for descriptor in (each for worker in workers for each in Path(f"/proc/{worker}/fd").iterdir()):
        with contextlib.suppress(OSError):
            found.append(os.readlink(descriptor))
    return [name for name in found if str(site.folder / "nginx" / "client_body") in name]


@pytest.mark.parametrize(("path", "size"), [("/api/v1/clients", 31), ("/api/v1/imports", 601)])
def test_what_is_too_large_is_refused_by_its_length(site: Several, path: str, size: int) -> None:
    headers = {"Content-Length": str(size * MEGA)}
    status, body, _cookie = from_address(site, "127.0.0.1", "POST", path, headers=headers)
    assert status == 413 and '"code":"too_large"' in body


def test_a_file_to_import_goes_straight_to_the_product(site: Several) -> None:
    with head_of_upload(site, "/api/v1/clients", 29 * MEGA):
        wait_for(lambda: files_of_nginx(site), "nginx's own copy of something else")
    wait_for(lambda: not files_of_nginx(site), "the end of it")
    with head_of_upload(site, "/api/v1/imports", 599 * MEGA):
        assert files_of_nginx(site) == []


def test_a_refused_upload_gets_our_sentence_and_harms_nobody(site: Several) -> None:
    for _ in range(6):
        answer = requests.post(f"{site.url}/api/v1/imports", data=b"x" * 20 * MEGA, timeout=30)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert requests.get(f"{site.url}/sign-in", timeout=10).status_code == 200


def test_a_killed_process_costs_no_page_and_comes_back(site: Several) -> None:
    browser = sign_in(site)
    before = site.pids["web 1"]
    statuses = []
    for number in range(60):
        if number == 10:
            os.kill(before, signal.SIGKILL)
        statuses.append(browser.get(f"{site.url}/settings/about", timeout=10).status_code)
    assert statuses == [200] * 60
    token = csrf_in(browser.get(f"{site.url}/settings/about", timeout=10).text)
    answer = browser.post(
        f"{site.url}/notifications/read", data={"csrf_token": token}, allow_redirects=False, timeout=10
    )
    assert answer.status_code in (200, 303)
    wait_for(lambda: site.pids["web 1"] != before, "another process")
    site.settle()


def test_with_every_process_gone_nginx_says_so_in_a_sentence(site: Several) -> None:
    for number in (1, 2):
        os.kill(site.pids[f"web {number}"], signal.SIGKILL)
    [page] = wait_for(lambda: _refusal(f"{site.url}/"), "the refusal")
    assert "Le service reprend dans un instant" in page.text and "back in a moment" in page.text
    assert page.headers["Retry-After"] == "5" and page.headers["Cache-Control"] == "no-store"
    told = requests.get(f"{site.url}/api/v1/clients", timeout=10)
    assert (told.status_code, told.headers["Content-Type"]) == (503, "application/problem+json")
    assert told.json()["code"] == "unavailable"


def _refusal(url: str) -> list[requests.Response]:
    """The answer in a list (a refusal alone counts as false), or nothing while pages still come."""
    answer = requests.get(url, timeout=10)
    return [answer] if answer.status_code == 503 else []


def test_the_same_nginx_site_serves_compose_and_local() -> None:
    asked = set(VARIABLE.findall((ROOT / "deploy" / "nginx.conf").read_text()))
    compose = (ROOT / "deploy" / "compose.yaml").read_text()
    assert "./nginx.conf:/etc/nginx/templates/encours.conf.template:ro" in compose
    local = (ROOT / "deploy" / "local").read_text()
    for name in asked:
        assert f"{name}:" in compose and f'"{name}":' in local, name


@pytest.mark.parametrize(
    "name", ["encours-web@.service", "encours-worker.service", "encours-prepare.service"]
)
def test_units_run_what_the_checkout_has(name: str) -> None:
    unit = (ROOT / "deploy" / "systemd" / name).read_text()
    command = re.search(r"^ExecStart=/opt/encours/(\S+) (.+)$", unit, re.MULTILINE)
    assert command is not None
    assert (ROOT / command[1]).exists()
    if command[1].endswith("python"):
        assert (ROOT / command[2]).is_file()
    assert "EnvironmentFile=/etc/encours/encours.env" in unit
    assert Path(ROOT / "deploy" / "encours.env.example").is_file()
