"""The interface for programs, described in OpenAPI 3.1, from the table of routes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.console.routes import Route

_ERROR: Final = {
    "description": "What is wrong, for a person.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["error"],
                "properties": {"error": {"type": "string"}},
            }
        }
    },
}
_DAY: Final = {"type": "string", "format": "date", "examples": ["2026-11-27"]}


def description(routes: Iterable[Route], firmware: str) -> dict[str, Any]:
    """Describe the routes of the interface."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fanlight console",
            "version": firmware,
            "description": "Counts of one door, with their coverage and their uncertainty.",
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-fanlight"},
            }
        },
        "paths": {
            route.path: {route.method.lower(): _operation(route)} for route in routes if route.api
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {
            "description": route.about,
            "content": {"application/json": {"schema": {"type": ["object", "null"]}}},
        }
    }
    codes = ("401", "403", "429", "503", *(("400",) if route.query else ()))
    return {
        "operationId": route.handler.__name__,
        "summary": route.about,
        "security": [{"token": []}, {"session": []}],
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": _DAY} for name in route.query
        ],
        "responses": answers | dict.fromkeys(codes, _ERROR),
    }
