"""Who may enter: every route declares it, and a route that does not is closed."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

View = TypeVar("View", bound=Callable[..., Any])

_ATTRIBUTE = "_access"


def public(view: View) -> View:
    """Anybody may open the page, without an account."""
    setattr(view, _ATTRIBUTE, "public")
    return view


def declared(view: Callable[..., Any]) -> str | None:
    """The access a view declares, or None when it forgot."""
    return getattr(view, _ATTRIBUTE, None)


def init_app(app: Flask) -> None:
    """Closes every route that declares no access."""
    app.before_request(_refuse_undeclared)


def _refuse_undeclared() -> None:
    if request.endpoint is None:
        return  # no such page: the 404 answers
    if declared(current_app.view_functions[request.endpoint]) is None:
        abort(403)
