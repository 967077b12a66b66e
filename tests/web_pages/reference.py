"""Write docs/reference/api.md from the OpenAPI description: ``python -m tests.web_pages.reference``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crawler.web.app import create_app
from crawler.web.serving import Serving

PATH = Path(__file__).parents[2] / "docs/reference/api.md"
_INTRODUCTION = """# The JSON API

`wirefold serve` answers under `/api/v1`; the OpenAPI description is at `/api/v1/openapi.json`. Names are those of
schema.org's NewsArticle where it has one, as in `wirefold export`; times are UTC.

- Where an answer has `next`, ask again with that as `after` for what follows; without, there is no more. A page goes on
  after a row, not after a number of rows: what is added meanwhile brings nothing twice.
- Every answer has an `ETag`: sent back as `If-None-Match`, it brings 304 while nothing has changed.
- With `--token-file`, send `Authorization: Bearer TOKEN`.
- What goes wrong is `application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with a `detail` for
  a person.

This page is made of the description, by `python -m tests.web_pages.reference`.
"""


def description() -> dict[str, Any]:
    """Give the OpenAPI description."""
    return create_app(Serving(location="unused")).openapi()


def render() -> str:
    """Write the page."""
    described = description()
    schemas = described["components"]["schemas"]
    operations = "\n".join(
        line for path, by_method in described["paths"].items() for line in _path(path, by_method, schemas)
    )
    models = "\n".join(line for name, schema in schemas.items() for line in _model(name, schema))
    return f"{_INTRODUCTION}\n{operations}\n## What comes back\n\n{models}"


def _path(path: str, by_method: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    for method, operation in by_method.items():
        yield f"## `{method.upper()} {path}`\n\n{operation['description']}\n"
        parameters = operation.get("parameters", [])
        if parameters:
            yield "| Parameter | What it takes | Default |\n|---|---|---|"
            yield from (_parameter(each) for each in parameters)
            yield ""
        if "requestBody" in operation:
            sent = operation["requestBody"]["content"]["application/json"]["schema"]
            yield f"Takes {_kind(sent)} as JSON.\n"
        yield from ("| Answer | |\n|---|---|", *(_answer(*each) for each in operation["responses"].items()), "")


def _parameter(parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    default = schema.get("default")
    shown = "" if default in (None, "") else f"`{default}`"
    about = f": {parameter['description']}" if "description" in parameter else ""
    return f"| `{parameter['name']}` | {_kind(schema)}{about} | {shown} |"


def _answer(status: str, answer: Mapping[str, Any]) -> str:
    content = next(iter(answer.get("content", {}).values()), None)
    return f"| {status} | {_kind(content['schema']) if content else answer['description']} |"


def _model(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {name}\n"
    if "enum" in schema:
        yield f"{_kind(schema)}\n"
        return
    yield "| Field | |\n|---|---|"
    yield from (f"| `{field}` | {_kind(each)} |" for field, each in schema.get("properties", {}).items())
    yield ""


def _kind(schema: Mapping[str, Any]) -> str:
    """Say what a value is."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_kind(each) for each in schema[several])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {'type': 'any'}))}"
    return _plain(schema)


def _plain(schema: Mapping[str, Any]) -> str:
    bounds = [f"{schema[key]}" for key in ("minimum", "maximum") if key in schema]
    span = f" {' to '.join(bounds)}" if bounds else ""
    return f"{schema.get('format') or schema.get('type', 'any')}{span}"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
