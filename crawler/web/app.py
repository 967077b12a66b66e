"""The application: pages and API over one store, behind one guard."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from crawler.web import actions, api, pages, problems
from crawler.web.guard import guard
from crawler.web.serving import Remembered, Serving, Stores

_QUEUE_S = 60.0


def create_app(serving: Serving) -> FastAPI:
    """Make the application for a store, which is opened when the first request comes."""
    app = FastAPI(
        title="Wirefold",
        version=version("wirefold"),
        description="Articles, each once, with their copies and the reasons. Names are those of schema.org.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_life,
    )
    app.state.serving = serving
    app.state.stores = Stores(serving.location)
    app.state.queue = Remembered(_QUEUE_S)
    app.middleware("http")(guard)
    problems.register(app)
    app.include_router(pages.router)
    app.include_router(actions.router)
    app.include_router(api.router)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    gc.freeze()  # now and then looking through all that is loaded for garbage takes as long as a page
    yield
    app.state.stores.close()
