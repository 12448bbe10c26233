"""What conformance is tried on: every program of the system, found by the name of its package."""

import importlib
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import FastAPI

from rcm.hosting import Program
from rcm.service import Service
from rcm.web.app import build_app

SERVICES = ("coding_svc", "claims_svc", "payments_svc", "patient_billing_svc")
PROGRAMS = ("clearinghouse_adapter", "console")
METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint of an OpenAPI document."""

    method: str
    path: str
    told: dict[str, Any]

    @property
    def roles(self) -> list[str]:
        """Who may; nobody needs a token where it is empty."""
        roles: list[str] = self.told.get("x-roles", [])
        return roles

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


@cache
def build(package: str) -> Service | Program:
    """What the package's main builds with its default settings."""
    main = importlib.import_module(f"{package}.main")
    hints = typing.get_type_hints(main.build)
    settings = next(kind for name, kind in hints.items() if name != "return")
    built = main.build(settings())
    assert isinstance(built, Service | Program)
    return built


def service(package: str) -> Service:
    """A package that is a service."""
    built = build(package)
    assert isinstance(built, Service)
    return built


@cache
def app(package: str) -> FastAPI:
    """Its app, without a database."""
    built = build(package)
    return build_app(built) if isinstance(built, Service) else built.app


@cache
def document(package: str) -> dict[str, Any]:
    """Its OpenAPI document."""
    return app(package).openapi()


def operations(told: dict[str, Any]) -> Iterator[Operation]:
    """Every endpoint of a document."""
    for path, item in told["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield Operation(method, path, operation)
