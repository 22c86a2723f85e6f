"""Faults on demand for the fake remote services: what a real service does to its callers on a bad day."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import orjson
from werkzeug.wrappers import Request, Response


class Kind(StrEnum):
    """What goes wrong."""

    TOO_MANY = "too_many"  # 429, with `retry_after` when given
    ERROR = "error"  # `status`, 500 when not given
    SLOW = "slow"  # the answer comes after `seconds`
    CUT = "cut"  # the connection is cut within the body
    TRUNCATED = "truncated"  # half of the JSON, as if it were all of it
    UNAUTHORISED = "unauthorised"  # 401, and the token is revoked
    VANISH = "vanish"  # the offers `ids` are withdrawn just before the answer
    APPEAR = "appear"  # the `offers` are added just before the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: it lets `after` calls of its `route` pass (of any route, when None), then strikes `times` calls."""

    kind: Kind
    route: str | None = None
    after: int = 0
    times: int = 1
    status: int = 500
    retry_after: str | None = None
    seconds: float = 0.0
    ids: tuple[str, ...] = ()
    offers: tuple[dict[str, Any], ...] = ()


class Faults:
    """The faults to come; those waiting count calls side by side, and the first one due strikes."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._lock = threading.Lock()

    def add(self, *faults: Fault) -> None:
        """Plans the faults, in order."""
        with self._lock:
            self._waiting += [_Waiting(fault, fault.after, fault.times) for fault in faults]

    def clear(self) -> None:
        """Forgets the faults that have not struck yet."""
        with self._lock:
            self._waiting.clear()

    def plan(self, request: Request) -> Response:
        """Answers a call on the faults themselves: POST adds those of its JSON, DELETE forgets them all."""
        if request.method == "DELETE":
            self.clear()
            return Response(status=204)
        try:
            self.add(*from_json(orjson.loads(request.get_data())))
        except ValueError as error:
            return Response(str(error), 400)
        return Response(status=204)

    def strike(self, route: str) -> Fault | None:
        """The fault that strikes this call, if any; counts the call for the others."""
        with self._lock:
            due: _Waiting | None = None
            for waiting in self._waiting:
                if waiting.fault.route not in {None, route}:
                    continue
                if waiting.pass_by > 0:
                    waiting.pass_by -= 1
                elif due is None:
                    due = waiting
            if due is None:
                return None
            due.left -= 1
            if due.left <= 0:
                self._waiting.remove(due)
            return due.fault


@dataclass(slots=True)
class _Waiting:
    fault: Fault
    pass_by: int
    left: int


def from_json(body: object) -> list[Fault]:
    """The faults of a JSON object, or of a list of them, with the fields of Fault; raises ValueError otherwise."""
    known = {field.name for field in fields(Fault)}
    found = []
    for line in body if isinstance(body, list) else [body]:
        if not isinstance(line, Mapping) or not set(line) <= known or "kind" not in line:
            raise ValueError(f"A fault is an object with kind and, of {sorted(known)}, what it needs.")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in line.items()
        }
        found.append(Fault(**{**values, "kind": Kind(line["kind"])}))
    return found


def spoiled(response: Response, fault: Fault | None) -> Response:
    """The answer cut in its middle, where the fault says so."""
    if fault is None or fault.kind not in {Kind.CUT, Kind.TRUNCATED}:
        return response
    body = response.get_data()
    if fault.kind is Kind.TRUNCATED:
        response.set_data(body[: len(body) // 2])
        return response
    response.response = _cut(body[: len(body) // 2])
    response.headers["Content-Length"] = str(len(body))
    return response


def _cut(body: bytes) -> Iterator[bytes]:
    yield body
    raise ConnectionAbortedError  # werkzeug closes the connection without a word
