"""What every request must pass, and what every answer carries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import urlsplit

from fastapi import Request, Response

from crawler.web.problems import Refused, answer
from crawler.web.serving import Serving, serving_of

CallNext: TypeAlias = Callable[[Request], Awaitable[Response]]

_READING = frozenset({"GET", "HEAD"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # not "no-referrer", by which browsers would hide their own Origin from us, too; other sites are told nothing
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


async def guard(request: Request, call_next: CallNext) -> Response:
    """Refuse what may not be asked; give answers an ETag and the headers that keep pages to themselves."""
    serving = serving_of(request)
    try:
        request.state.user = _admitted(request, serving)
        response = await _tagged(request, await call_next(request))
    except Refused as refused:
        response = answer(request, refused.status, refused.detail)
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Basic realm="wirefold", charset="UTF-8"'
    response.headers.update(HEADERS)
    return response


def _admitted(request: Request, serving: Serving) -> str:
    """Check a request before anything is read; returns the user name that came with the token. Raises Refused."""
    host = request.headers.get("host", "")
    if serving.hosts is not None and _hostname(host) not in serving.hosts:
        raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "This server is not asked by that name; see --allow-host.")
    user = _user(request.headers.get("authorization", ""), serving.token)
    if request.method not in _READING:
        _check_origin(request, host)
    return user


def _check_origin(request: Request, host: str) -> None:
    """Refuse what another site's page sends. What is no browser sends no Origin."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise Refused(HTTPStatus.FORBIDDEN, "A page of another site has sent this.")


def _hostname(host: str) -> str:
    """Take the port from a Host header.

    >>> _hostname("localhost:8765"), _hostname("[::1]:8765"), _hostname("[::1]")
    ('localhost', '[::1]', '[::1]')
    """
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _user(authorization: str, token: str | None) -> str:
    """Read the user name of a request that knows the token; browsers send both by Basic authentication."""
    if token is None:
        return ""
    scheme, _, credentials = authorization.partition(" ")
    user, given = _basic(credentials) if scheme.lower() == "basic" else ("", credentials)
    if not secrets.compare_digest(given.encode(), token.encode()):
        raise Refused(HTTPStatus.UNAUTHORIZED, "The token of this server is needed, as Bearer token or as password.")
    return user


def _basic(credentials: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


async def _tagged(request: Request, response: Response) -> Response:
    """Give what was read an ETag, and say only that it is the same to who knows it."""
    if request.method not in _READING or response.status_code != HTTPStatus.OK:
        return response
    body = b"".join([chunk async for chunk in response.body_iterator])  # type: ignore[attr-defined]
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    headers = {**response.headers, "ETag": tag}
    return Response(body, headers=headers)
