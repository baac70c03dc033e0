"""What every request has to pass and every answer carries: this machine's own page alone talks to the explorer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = frozenset({"127.0.0.1", "localhost"})
LONGEST_BODY = 1_000_000  # bytes of a question
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
ALWAYS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_OWN = frozenset({"", "same-origin", "none"})  # of Sec-Fetch-Site: the page itself, or an address typed in


@dataclass(frozen=True)
class Guard:
    """An application behind a token: a request without it, for another host or from another site is refused.

    The token is the first part of the path, and is taken off it.
    """

    app: ASGIApp
    token: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on; every answer gets the headers of `ALWAYS`."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        _, _, rest = scope["path"].partition("/")
        token, slash, inner = rest.partition("/")
        answer = _refusal(scope, Headers(scope=scope)) or self._locked(token) or _without_slash(token, slash)
        below = {**scope, "path": f"/{inner}", "raw_path": f"/{inner}".encode(), "root_path": ""}
        await (answer or self.app)(scope if answer else below, receive, _with_headers(send))

    def _locked(self, token: str) -> PlainTextResponse | None:
        if secrets.compare_digest(token.encode("utf-8", "surrogateescape"), self.token.encode()):
            return None
        return PlainTextResponse("Not found. Open the whole address that `vlitq view` printed.", 404)


def _refusal(scope: Scope, headers: Headers) -> PlainTextResponse | None:
    """Why the request is refused, whatever it asks for."""
    host = headers.get("host", "")
    name = host.rpartition(":")[0] if ":" in host else host
    if name not in HOSTS:
        return PlainTextResponse("This host is not served.", 421)
    if scope["method"] not in ("GET", "HEAD", "POST"):
        return PlainTextResponse("Only GET and POST are answered.", 405)
    if not _from_here(headers, opens_page=scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate"):
        return PlainTextResponse("Requests of other sites are refused.", 403)
    return _bad_post(headers) if scope["method"] == "POST" else None


def _from_here(headers: Headers, opens_page: bool) -> bool:
    """Whether the page itself asks. A link on another page may open this one; it cannot see what it opened."""
    if headers.get("origin") not in (None, f"http://{headers['host']}"):
        return False
    return opens_page or headers.get("sec-fetch-site", "") in _OWN


def _bad_post(headers: Headers) -> PlainTextResponse | None:
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return PlainTextResponse("A question is application/json.", 415)
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return PlainTextResponse("A question says how long it is (Content-Length).", 411)
    if int(length) > LONGEST_BODY:
        return PlainTextResponse(f"A question has at most {LONGEST_BODY} bytes.", 413)
    return None


def _without_slash(token: str, slash: str) -> RedirectResponse | None:
    return None if slash else RedirectResponse(f"/{token}/", 308)  # what the page asks for is relative to it


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            for name, value in ALWAYS.items():
                headers[name] = value
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending
