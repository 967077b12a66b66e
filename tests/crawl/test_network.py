"""Hostile servers against the real downloader."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from statistics import median

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.crawl.network import RawServer, Sent, raw_server, send
from tests.crawl.web import Answer, Web, page, serve

pytestmark = pytest.mark.slow

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


def through(web: Web, *stages: list[str], **more: object) -> Sent:
    return send(*map(list, stages), WIREFOLD_PROXY=web.proxy, **more)  # type: ignore[arg-type]


# -- servers that do not end -------------------------------------------------------------------------------------------


def encoded(body: bytes, encoding: bytes) -> bytes:
    head = b"Connection: close\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (encoding, len(body))
    return OK + head + body


def layers(count: int) -> bytes:
    body = b"hello"
    for _ in range(count):
        body = gzip.compress(body)
    return encoded(body, b", ".join([b"gzip"] * count))


# What is sent first, what is sent over and over again, and the seconds in between.
HOSTILE: dict[str, tuple[bytes, bytes, float]] = {
    "/body-drip": (OK + b"\r\n", b"x", 0.2),
    "/header-drip": (OK, b"X-A: b\r\n", 0.2),
    "/silence": (b"", b"", 1),
    "/headers": (OK, b"X-A: " + b"b" * 8000 + b"\r\n", 0),
    "/one-header": (OK + b"X-A: ", b"b" * 8000, 0),
    "/continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 400, 0),
    "/body": (OK + b"\r\n", b"b" * 8000, 0),
    "/chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", (b"64\r\n" + b"x" * 100 + b"\r\n") * 100, 0),
    "/layers": (layers(30), b"", 1),
    "/bomb": (encoded(gzip.compress(b"x" * 50_000_000), b"gzip"), b"", 1),
    "/garbage": (b"\x00\xff\x00SSH-2.0-OpenSSH\r\n\r\n", b"", 1),
    "/circle": (b"HTTP/1.1 302 Found\r\nLocation: /circle\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", b"", 1),
    "/file": (
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"",
        1,
    ),
}


def hostile(connection: socket.socket, path: str) -> None:
    """Answer by the path until the client goes away."""
    first, again, pause_s = HOSTILE[path]
    connection.sendall(first)
    for _ in range(20) if pause_s == 1 else count():
        connection.sendall(again)
        time.sleep(pause_s)


EXPECTED = {
    "/body-drip": "timeout",
    "/header-drip": "timeout",
    "/silence": "timeout",
    "/headers": "too-big",
    "/one-header": "too-big",
    "/continue": "too-big",
    "/body": "too-big",
    "/chunks": "too-big",
    "/layers": "unknown-encoding",
    "/bomb": "too-big",
    "/garbage": "download-failed",
    "/circle": "too-many-redirects",
    "/file": "302",
}


def test_no_server_keeps_a_crawl_or_fills_its_memory() -> None:
    with raw_server(hostile) as server:
        begun = time.monotonic()
        sent = send(
            [server.url + path for path in EXPECTED],
            DOWNLOAD_MAXSIZE=100_000,
            RETRY_TIMES=0,
            CONCURRENT_REQUESTS_PER_DOMAIN=16,
        )
        took_s = time.monotonic() - begun
    assert {url.removeprefix(server.url): word for url, word in sent.reasons().items()} == EXPECTED
    assert took_s < 60
    assert sum(counts["bytes"] for counts in sent.hosts.values()) < 3_000_000


# -- addresses ---------------------------------------------------------------------------------------------------------


def test_a_private_address_is_never_connected_to_however_it_comes_up() -> None:
    def moved(connection: socket.socket, path: str) -> None:
        connection.sendall(OK + b"Content-Length: 0\r\n\r\n")

    with raw_server(moved) as server:
        port = server.url.rpartition(":")[2]
        urls = [f"http://{host}:{port}/" for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "127.1", "localhost")]
        try:
            socket.getaddrinfo(socket.gethostname(), port)
            urls.append(f"http://{socket.gethostname()}:{port}/")  # a name that resolves inward
        except socket.gaierror:
            pass
        sent = send(list(urls), WIREFOLD_ALLOW_PRIVATE_ADDRESSES=False)
        assert set(sent.reasons().values()) == {"private-address"}
        assert server.asked == []


def test_a_redirect_inward_is_refused_for_pages_and_for_robots_txt(web: Web) -> None:
    inward = Answer(status=302, headers={"Location": "http://169.254.169.254/latest"})
    web.answers |= {"http://a.example/1": inward, "http://b.example/robots.txt": inward, "http://b.example/1": page()}
    sent = through(web, ["http://a.example/1", "http://b.example/1"], WIREFOLD_ALLOW_PRIVATE_ADDRESSES=False)
    assert sent.reasons() == {"http://a.example/1": "private-address", "http://b.example/1": "robots-unreachable"}
    assert not any("169.254" in asked.url for asked in web.asked)


# -- certificates ------------------------------------------------------------------------------------------------------


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[RawServer]:
    """A server with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def answer(connection: socket.socket, path: str) -> None:
        connection.sendall(OK + b"Content-Length: 2\r\n\r\nhi")

    with raw_server(answer, context) as server:
        yield server


def test_a_bad_certificate_has_its_reason_and_is_taken_only_where_the_operator_says_so(tls: RawServer) -> None:
    url = f"{tls.url}/1"
    kept = {"host": tls.url, "robots_status": 404, "robots_fetched": datetime.now(UTC).isoformat()}
    assert send([url], states=[kept], RETRY_TIMES=0).reasons() == {url: "bad-certificate"}
    assert send([url], RETRY_TIMES=0).reasons() == {url: "robots-unreachable"}
    assert send([url], DOWNLOAD_VERIFY_CERTIFICATES=False).reasons() == {url: "200"}


# -- robots.txt --------------------------------------------------------------------------------------------------------


def test_robots_txt_decides_and_is_asked_for_once_a_day(web: Web) -> None:
    web.answers |= {
        "http://a.example/robots.txt": Answer(body=b"\xef\xbb\xbfUser-agent: *\rDisallow: /no"),
        "http://a.example/yes": page(),
        "http://down.example/robots.txt": Answer(status=500),
        "http://busy.example/robots.txt": Answer(status=429, headers={"Retry-After": "3600"}),
        "http://gone.example/1": page(),
        "http://round.example/robots.txt": Answer(status=301, headers={"Location": "/robots.txt"}),
        "http://round.example/1": page(),
    }
    urls = [f"http://{name}.example/1" for name in ("down", "busy", "gone", "round")]
    sent = through(web, ["http://a.example/yes", "http://a.example/no", *urls], RETRY_TIMES=0)
    assert sent.reasons() == {
        "http://a.example/yes": "200",
        "http://a.example/no": "robots-txt",
        "http://down.example/1": "robots-unreachable",
        "http://busy.example/1": "http-429",
        "http://gone.example/1": "200",
        "http://round.example/1": "200",
    }
    web.asked.clear()
    again = through(web, ["http://a.example/yes", "http://a.example/no"], states=list(sent.states.values()))
    assert again.reasons() == {"http://a.example/yes": "200", "http://a.example/no": "robots-txt"}
    assert [asked.url for asked in web.asked] == ["http://a.example/yes"]


def test_many_requests_wait_for_one_robots_txt(web: Web) -> None:
    web.answers |= {f"http://a.example/{number}": page() for number in range(8)}
    through(web, [f"http://a.example/{number}" for number in range(8)])
    assert [asked.url for asked in web.asked].count("http://a.example/robots.txt") == 1


# -- back-off ----------------------------------------------------------------------------------------------------------


def test_a_short_retry_after_is_waited_for_by_all_requests_of_the_host(web: Web) -> None:
    busy = Answer(status=503, headers={"Retry-After": "2"})
    urls = [f"http://a.example/{number}" for number in range(3)]
    web.answers |= {url: page() for url in urls} | {urls[0]: busy}

    def open_again() -> None:
        while not any(asked.url == urls[0] for asked in web.asked):
            time.sleep(0.01)
        web.answers[urls[0]] = page()

    threading.Thread(target=open_again, daemon=True).start()
    sent = through(web, urls, CONCURRENT_REQUESTS_PER_DOMAIN=1)
    assert set(sent.reasons().values()) == {"200"}
    times = [asked.at_s for asked in web.asked if asked.url in urls]
    assert times[1] - times[0] > 1.9
    assert sent.states["a.example"]["blocked_until"] is None


def test_a_long_retry_after_ends_the_host_for_this_run_and_for_later_ones(web: Web) -> None:
    urls = [f"http://a.example/{number}" for number in range(5)]
    web.answers |= {url: Answer(status=429, headers={"Retry-After": "3600"}) for url in urls}
    sent = through(web, [urls[0]], urls[1:])
    assert sent.reasons() == {urls[0]: "http-429"} | dict.fromkeys(urls[1:], "backing-off")
    assert len([asked for asked in web.asked if asked.url in urls]) == 1
    until = datetime.fromisoformat(sent.answers[urls[4]]["retry_after"])
    assert timedelta(minutes=59) < until - datetime.now(UTC) < timedelta(minutes=61)
    web.asked.clear()
    later = through(web, urls, states=list(sent.states.values()))
    assert set(later.reasons().values()) == {"backing-off"}
    assert (web.asked, later.hosts["a.example"]["refused"]) == ([], 5)


def test_requests_in_the_queue_of_a_host_that_asks_for_quiet_are_not_sent(web: Web) -> None:
    urls = [f"http://a.example/{number}" for number in range(20)]
    web.answers |= {url: Answer(status=429, headers={"Retry-After": "3600"}) for url in urls}
    through(web, urls, CONCURRENT_REQUESTS_PER_DOMAIN=1)
    assert len([asked for asked in web.asked if asked.url in urls]) == 1


def test_a_host_that_gives_only_errors_is_left_alone(web: Web) -> None:
    urls = [f"http://a.example/{number}" for number in range(30)]
    web.answers |= {url: Answer(status=403) for url in urls}
    state = {"host": "a.example", "backoffs": 1}
    sent = through(web, urls, states=[state], CONCURRENT_REQUESTS_PER_DOMAIN=1)
    words = list(sent.reasons().values())
    assert (words.count("403"), words.count("backing-off")) == (12, 18)
    assert "12 errors in a row" in sent.states["a.example"]["blocked_reason"]


# -- pace and counts ---------------------------------------------------------------------------------------------------


def test_the_pace_of_robots_txt_holds_and_its_waits_are_counted(web: Web) -> None:
    web.answers |= {
        "http://a.example/robots.txt": Answer(body=b"User-agent: *\nRequest-rate: 2/1s"),
        **{f"http://a.example/{number}": page() for number in range(3)},
    }
    sent = through(web, [f"http://a.example/{number}" for number in range(3)])
    times = [asked.at_s for asked in web.asked]
    assert median(later - earlier for earlier, later in pairwise(times)) > 0.45, (
        "a busy machine may hold up one of them"
    )
    counts = sent.hosts["a.example"]
    assert counts["requests"] == 4
    assert 2.5 < counts["waited_s"] < 10


@pytest.mark.parametrize("host_delay", [b"", b"Crawl-delay: 60"])
def test_a_crawl_that_reaches_its_time_limit_ends_soon_whatever_the_pace(web: Web, host_delay: bytes) -> None:
    urls = [f"http://a.example/{number}" for number in range(12)]
    web.answers |= {url: page() for url in urls}
    web.answers["http://a.example/robots.txt"] = Answer(body=b"User-agent: *\n" + host_delay)
    begun = time.monotonic()
    sent = through(web, urls, DOWNLOAD_DELAY=60, CLOSESPIDER_TIMEOUT=1)
    assert time.monotonic() - begun < 30
    assert set(sent.reasons().values()) == {"stopped"}
    assert len(sent.answers) == len(urls)


def test_hosts_that_want_it_slow_keep_no_place_from_others(web: Web) -> None:
    slow, fast = ([f"http://{host}.example/{number}" for number in range(6)] for host in ("slow", "fast"))
    web.answers |= {url: page() for url in (*slow, *fast)}
    web.answers["http://slow.example/robots.txt"] = Answer(body=b"User-agent: *\nCrawl-delay: 50")
    sent = through(web, [*slow, *fast], WIREFOLD_CONCURRENCY=2, CLOSESPIDER_TIMEOUT=5)
    words = sent.reasons()
    assert {words[url] for url in fast} == {"200"}
    assert [words[url] for url in slow].count("stopped") >= 4


def test_the_conditions_for_a_page_are_not_put_to_where_it_leads(web: Web) -> None:
    web.answers |= {
        "http://a.example/1": Answer(status=301, headers={"Location": "/home"}),
        "http://a.example/home": page(),
    }
    asked = {"url": "http://a.example/1", "headers": {"If-None-Match": '"1"'}, "meta": {"is_page": True}}
    send([asked], WIREFOLD_PROXY=web.proxy)
    conditions = {each.url: each.headers.get("If-None-Match") for each in web.asked}
    assert conditions["http://a.example/1"] == '"1"' and conditions["http://a.example/home"] is None


def test_each_hosts_requests_bytes_and_304s_are_counted(web: Web) -> None:
    web.answers |= {
        "http://a.example/1": Answer(body=b"x" * 5000, headers={"ETag": '"1"', "Content-Type": "text/html"}),
        "http://b.example/1": page(),
    }
    asked = [
        {"url": "http://a.example/1", "headers": {"If-None-Match": '"1"'}},
        "http://a.example/1",
        "http://b.example/1",
    ]
    sent = send([*asked], WIREFOLD_PROXY=web.proxy)  # type: ignore[list-item]
    assert {host: (each["requests"], each["not_modified"]) for host, each in sent.hosts.items()} == {
        "a.example": (3, 1),
        "b.example": (2, 0),
    }
    assert 5000 < sent.hosts["a.example"]["bytes"] < 6000
