"""Who may enter: every route declares it, and a route that does not is closed.

Who the visitor is, is found once a request, before anything else, by the function that `accounts` registers. What is
another's is answered 404 by the view's own query: a page that says « forbidden » would tell that it exists.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

View = TypeVar("View", bound=Callable[..., Any])

_ATTRIBUTE = "_access"
_READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who signed in, and with which sign-in."""

    person_id: int
    is_operator: bool
    sign_in_id: int


def public(view: View) -> View:
    """Anybody may open the page, without an account."""
    return _declare(view, "public")


def signed_in(view: View) -> View:
    """Whoever signed in may open the page; what it shows is theirs, by the view's own query."""
    return _declare(view, "signed_in")


def operator(view: View) -> View:
    """Only whoever runs the service."""
    return _declare(view, "operator")


def by_link(view: View) -> View:
    """Whoever holds the secret in the address, which the view checks: robots and other sites never learn it."""
    return _declare(view, "by_link")


def declared(view: Callable[..., Any]) -> str | None:
    """The access a view declares, or None when it forgot."""
    return getattr(view, _ATTRIBUTE, None)


def visitor() -> Visitor | None:
    """Who signed in with this request's browser, or None."""
    found: Visitor | None = g.get("visitor")
    return found


def the_visitor() -> Visitor:
    """Who signed in, on a page that nobody else reaches (`signed_in`, `operator`)."""
    return visitor() or abort(403)


def identify_by(app: Flask, function: Callable[[], Visitor | None]) -> None:
    """Registers what finds the visitor of a request; it must cost nothing when the browser brings no cookie."""
    app.extensions["identify"] = function


def init_app(app: Flask) -> None:
    """Finds the visitor, closes every route to those it is not for, and keeps what is theirs out of caches."""
    app.before_request(_enter)
    app.after_request(_keep_apart)
    app.jinja_env.globals["visitor"] = visitor


def _enter() -> ResponseReturnValue | None:
    identify: Callable[[], Visitor | None] | None = current_app.extensions.get("identify")
    g.visitor = identify() if identify else None
    if request.endpoint is None:
        return None  # no such page: the 404 answers
    right = declared(current_app.view_functions[request.endpoint])
    if right is None:
        abort(403)
    if right in {"public", "by_link"} or (g.visitor and (right == "signed_in" or g.visitor.is_operator)):
        return None
    if g.visitor:
        abort(403)
    if request.method in _READING and not request.view_args:
        return redirect(url_for("accounts.sign_in_page", suite=request.path), 303)
    # With an id, or something to change: the same answer whether the thing exists or not.
    g.must_sign_in, g.suite = True, request.path if request.method in _READING else None
    return abort(403)


def _keep_apart(response: Response) -> Response:
    view = current_app.view_functions.get(request.endpoint or "")
    right = declared(view) if view else None
    if right == "by_link":
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        # Not `no-referrer`: the forgery check of a form asks, over HTTPS, which site it comes from.
        response.headers["Referrer-Policy"] = "strict-origin"
    if right in {"by_link", "signed_in", "operator"}:
        response.headers["Cache-Control"] = "no-store"
    elif visitor() and not response.cache_control.public:
        response.headers.setdefault("Cache-Control", "private, no-cache")
    if response.mimetype == "text/html":
        response.vary.add("Cookie")  # the header of a page says who signed in
    return response


def _declare(view: View, right: str) -> View:
    setattr(view, _ATTRIBUTE, right)
    return view
