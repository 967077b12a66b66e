"""The command that serves review pages and the JSON API."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.choosing import judging_of
from crawler.cli.decide import By, who_decides
from crawler.cli.logs import note
from crawler.cli.opening import load_config, open_store, store_at
from crawler.cli.options import ConfigFile, StoreUrl, UsageError

_SHORTEST_TOKEN = 16


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold serve --allow-decisions")(serve)


def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port to listen on; 0 for any that is free.")] = 8765,
    allow_decisions: Annotated[
        bool, typer.Option("--allow-decisions", help="Let who is let in decide. Without, everything is only read.")
    ] = False,
    by: By = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Let in only who knows the token in this file, as Bearer token or as the password that a browser asks "
            "for. Needed unless the address is loopback.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Also answer when asked by this name: that of a proxy."),
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Serve pages to search, compare and settle duplicates in, and a JSON API under /api/v1, until interrupted."""
    token = None if token_file is None else _read_token(token_file)
    if token is None and not _is_loopback(host):
        raise UsageError(f"--host {host} is not loopback: give --token-file FILE, so that not everybody is let in")
    import uvicorn

    from crawler.web.app import create_app
    from crawler.web.serving import LOOPBACK, Serving

    loaded = load_config(config)
    with open_store(store, loaded) as opened:
        judging = judging_of(loaded, opened)
    serving = Serving(
        location=store_at(store, loaded),
        judging=judging,
        allow_decisions=allow_decisions,
        token=token,
        hosts=None if _is_any(host) else LOOPBACK | {_in_url(each).lower() for each in (host, *(allow_host or []))},
        decided_by=who_decides(by) if allow_decisions else "",
    )
    with _listening(host, port) as listener, suppress(KeyboardInterrupt):
        note(f"Serving http://{_in_url(host)}:{listener.getsockname()[1]}/ until Ctrl-C.")
        uvicorn.Server(uvicorn.Config(create_app(serving), log_level="warning", server_header=False)).run([listener])


def _listening(host: str, port: int) -> socket.socket:
    """Listen. Raises UsageError."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UsageError(f"cannot listen on {host}, port {port}: {error.strerror or error}") from error


def _read_token(path: Path) -> str:
    """Read the token. Raises UsageError."""
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    if len(token) < _SHORTEST_TOKEN or not token.isascii():
        raise UsageError(f"{path}: a token is {_SHORTEST_TOKEN} letters and digits or more")
    return token


def _is_loopback(host: str) -> bool:
    """Say whether only this machine can ask.

    >>> [_is_loopback(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "news.example")]
    [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_any(host: str) -> bool:
    """Say whether it listens on all addresses, and so may be asked by any name."""
    return host in ("0.0.0.0", "::")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
