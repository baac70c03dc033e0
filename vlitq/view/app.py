"""The explorer's addresses: pages, questions and pictures, each answered by `Explorer` in a thread."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from time import perf_counter
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vlitq.errors import VlitqError
from vlitq.images import ImageError
from vlitq.view.errors import NoQuestion, NotThere, NotYet
from vlitq.view.explorer import Explorer
from vlitq.view.guard import Guard
from vlitq.view.newest import Newest

Endpoint = Callable[[Request], Awaitable[Response]]
Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]
TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
MOST_DIGITS = 18  # of a number in a path: longer ones Python itself refuses to read
KEPT = "private, max-age=3600"  # of pictures, under addresses that hold the token


def app(explorer: Explorer, token: str) -> Guard:
    """The application; it answers below `/<token>/` only."""
    files = pages()
    told: dict[str, Answer] = {
        "rows": explorer.page,
        "histogram": explorer.histogram,
        "mark": explorer.mark,
        "undo": explorer.undo,
        "fits": explorer.fits,
        "select": Newest(explorer.select).answer,
    }
    routes = [
        Route("/", _file(files, "index.html")),
        Route("/static/{name}", _file(files)),
        Route("/api/run", _asked(lambda _: explorer.about())),
        Route("/api/sample/{row}", _asked(lambda r: explorer.sample(_number(r, "row")))),
        Route("/api/neighbours/{row}", _asked(lambda r: explorer.neighbours(_number(r, "row"), _count(r)))),
        Route("/api/map", _asked(lambda r: explorer.map(r.query_params.get("colour")))),
        Route("/image/{row}/{index}", _picture(explorer.image)),
        Route("/thumb/{row}/{index}", _picture(explorer.thumb)),
        *(Route(f"/api/{name}", _told(answer), methods=["POST"]) for name, answer in told.items()),
    ]
    inner = Starlette(routes=routes)
    inner.router.redirect_slashes = False
    return Guard(inner, token)


def pages() -> dict[str, bytes]:
    """The files of the page by name, read once: no path is ever made of what a request says."""
    folder = resources.files("vlitq.view") / "pages"
    found = folder.iterdir() if folder.is_dir() else ()
    return {file.name: file.read_bytes() for file in found if file.name.rpartition(".")[2] in TYPES}


def _file(files: Mapping[str, bytes], fixed: str | None = None) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        name = fixed or request.path_params["name"]
        if name not in files:
            return PlainTextResponse("There is no such file.", 404)
        return Response(files[name], media_type=TYPES[name.rpartition(".")[2]])

    return endpoint


def _asked(answer: Callable[[Request], Mapping[str, Any]]) -> Endpoint:
    """What an address alone asks for."""

    async def endpoint(request: Request) -> Response:
        return await _answered(lambda: answer(request))

    return endpoint


def _told(answer: Answer) -> Endpoint:
    """What a table in the request's body asks for."""

    async def endpoint(request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            return _json({"error": "the question is not JSON"}, 400)
        if not isinstance(body, dict):
            return _json({"error": "the question is not a table"}, 400)
        return await _answered(lambda: answer(body))

    return endpoint


async def _answered(answer: Callable[[], Mapping[str, Any]]) -> Response:
    """What the page can ask is answered without a failure, half-typed as it may be: a browser writes each one of them
    on its console."""
    begun = perf_counter()
    try:
        found = await run_in_threadpool(answer)
    except NotThere as error:
        return _json({"error": str(error)}, 404)
    except NotYet as error:
        return _json({"error": str(error)}, 202)  # the page asks again
    except NoQuestion as error:
        return _json({"error": str(error)}, 400)
    except VlitqError as error:
        return _json({"error": str(error)})
    return _json({**found, "ms": round(1000 * (perf_counter() - begun), 1)})


def _picture(read: Callable[[int, int], bytes]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            data = await run_in_threadpool(read, _number(request, "row"), _number(request, "index"))
        except ImageError as error:
            return PlainTextResponse(error.reason, 404)
        except VlitqError as error:
            return PlainTextResponse(str(error), 404)
        return Response(data, media_type="image/jpeg", headers={"cache-control": KEPT})

    return endpoint


def _number(request: Request, part: str) -> int:
    """A whole number that is a part of the path. Raises `NotThere` for what no row and no image has."""
    text = str(request.path_params[part])
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise NotThere(f"{text[:MOST_DIGITS]!r} is no number of a {'row' if part == 'row' else 'picture'}")
    return int(text)


def _count(request: Request) -> int:
    text = request.query_params.get("count", "12")
    return int(text) if text.isdecimal() and len(text) < 4 else 12


def _json(answer: Mapping[str, Any], status: int = 200) -> Response:
    """In ASCII: a text of the data may hold halves of characters, which no encoding takes."""
    return Response(json.dumps(answer, allow_nan=False), status, media_type="application/json")
