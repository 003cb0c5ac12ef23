"""Calls to addresses that strangers choose: allow-list, https, public addresses, no redirect (R13)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.push_service import PushService
from webapp.core import outbound
from webapp.core.outbound import Caller, Refused, Unreachable, check_url

ALLOWED = frozenset({"fcm.googleapis.com", "*.push.apple.com", "updates.push.services.mozilla.com"})


class Inside:
    """Something inside that must never be reached: it counts who knocks."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.knocks = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                self.listener.accept()[0].close()
            except OSError:
                return
            self.knocks += 1


@pytest.fixture
def inside() -> Iterator[Inside]:
    service = Inside()
    yield service
    service.listener.close()


HOSTILE = [
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "https://localhost:{port}/",
    "http://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://0.0.0.0:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://127.1:{port}/",
    "http://fcm.googleapis.com/",
    "https://fcm.googleapis.com:{port}/",
    "https://fcm.googleapis.com@127.0.0.1:{port}/",
    "https://user:pass@fcm.googleapis.com/",
    "https://127.0.0.1:{port}#fcm.googleapis.com",
    "https://127.0.0.1:{port}?fcm.googleapis.com",
    "https://127.0.0.1:{port}\\@fcm.googleapis.com/",
    "https://fcm.googleapis.com\\@127.0.0.1:{port}/",
    "https://fcm.googleapis.com.evil.test/",
    "https://evilfcm.googleapis.com/",
    "https://fcm.googleapis.com./",
    "https://push.apple.com/",
    "https://evilpush.apple.com/",
    "https://.push.apple.com/",
    "https://a.push.apple.com.evil.test/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://[fd00::1]/",
    "https://[fe80::1%25eth0]/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "ftp://fcm.googleapis.com/",
    "//127.0.0.1:{port}/",
    "https:///fcm.googleapis.com/",
    "https://fcm.googleapis.com /",
    "https://fcm.googleapis.com\n.evil.test/",
    " https://fcm.googleapis.com/",
    "https://fcm.googleapis。com/",
    "https://fcm.googleapis.com:99999/",
    "https://fcm.googleapis.com/" + "x" * 1000,
    "javascript:alert(1)",
    "",
]


def test_forty_hostile_urls_make_no_connection_inside(inside: Inside) -> None:
    assert len(HOSTILE) >= 40
    caller = Caller(ALLOWED, production=False)
    for template in HOSTILE:
        url = template.replace("{port}", str(inside.port))
        with pytest.raises(Refused):
            caller.check(url)
        with pytest.raises(Refused):
            caller.post(url, b"x")
    assert inside.knocks == 0


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.9",
        "192.168.0.7",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::5",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)
def test_an_allowed_name_that_resolves_inside_is_not_called(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def resolve(_host: str, port: int, **_kwargs: object) -> list[tuple[object, ...]]:
        public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("142.250.74.10", port))
        return [public, (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", resolve)
    with pytest.raises(Refused, match="private_address"):
        Caller(ALLOWED, production=False).post("https://fcm.googleapis.com/x", b"x")


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> object:
        asked.append(host)
        return real("127.0.0.1", port, *args, **kwargs)

    with PushService() as push:
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        push.devices["/x"] = push.subscribe()
        caller = Caller({f"push.test:{push.port}"}, production=False)
        assert caller.post(f"http://push.test:{push.port}/x", b"x").status_code == 400
        assert asked[0] == "push.test" and set(asked[1:]) <= {"127.0.0.1"}


def test_an_entry_with_a_port_may_be_loopback_and_plain_but_not_in_production() -> None:
    with PushService() as push:
        url = f"{push.origin}/unknown"
        assert Caller({push.allow}, production=False).post(url, b"x").status_code == 404
        with pytest.raises(Refused, match="not_https"):
            Caller({push.allow}, production=True).post(url, b"x")
        with pytest.raises(Refused, match="private_address"):
            Caller({push.allow}, production=True).post(url.replace("http:", "https:"), b"x")
        with pytest.raises(Refused, match="not_allowed"):
            Caller({"127.0.0.1"}, production=False).post(url, b"x")


@pytest.mark.parametrize(
    "url",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91-_",
        "https://web.push.apple.com/QGuQ",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA?x=1",
        "https://FCM.googleapis.com/x",
        "https://fcm.googleapis.com:443/x",
    ],
)
def test_what_browsers_really_give_is_accepted(url: str) -> None:
    target = check_url(url, ALLOWED, production=True)
    assert (target.scheme, target.port, target.loopback_allowed) == ("https", 443, False)
    assert target.path.startswith("/")


def test_a_redirect_is_an_answer_and_is_not_followed(inside: Inside) -> None:
    with PushService() as push:
        phone = push.subscribe()
        push.answers = ["redirect"]
        caller = Caller({push.allow}, production=False)
        answer = caller.post(phone.endpoint, b"x")
        assert answer.status_code in (307, 400)
        assert len(push.received) == 1


def test_an_answer_is_cut_at_64_kb_and_silence_at_the_deadline() -> None:
    with PushService() as push:
        listener = socket.create_server(("127.0.0.1", 0))
        silent = f"127.0.0.1:{listener.getsockname()[1]}"
        caller = Caller({push.allow, silent}, production=False)
        with pytest.raises(Unreachable):
            caller.post(f"http://{silent}/", b"x", timeout=0.2)
        listener.close()
        with pytest.raises(Unreachable):
            caller.post(f"http://{silent}/", b"x", timeout=0.2)


def test_an_unknown_name_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_kwargs: object) -> object:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(outbound.socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable):
        Caller(ALLOWED, production=True).post("https://fcm.googleapis.com/x", b"x")
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_a, **_k: [])
    with pytest.raises(Unreachable):
        Caller(ALLOWED, production=True).post("https://fcm.googleapis.com/x", b"x")


def test_https_speaks_to_the_host_by_name_and_trusts_only_known_authorities() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    greeting: list[bytes] = []

    def serve() -> None:
        peer, _ = listener.accept()
        greeting.append(peer.recv(4096))
        peer.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with pytest.raises(Unreachable):
        Caller({f"localhost:{port}"}, production=False).post(f"https://localhost:{port}/", b"x")
    thread.join(5)
    listener.close()
    assert b"localhost" in greeting[0]
