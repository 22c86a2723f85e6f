"""What is refused, and the pages that say so usefully."""

import math

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, TooManyRequests

_PAGES = {400, 403, 404, 405, 410, 429, 500, 503}


class Refused(Exception):
    """An action that cannot be done, with the French sentence a person reads; each action has its subclass."""


def init_app(app: Flask) -> None:
    """Every error is answered by a page of ours (by JSON where the page would have been JSON)."""
    app.register_error_handler(HTTPException, _answer)


def _answer(error: HTTPException) -> Response:
    status = error.code or InternalServerError.code
    if error.response is not None and status < 400:
        return make_response(error.response)
    page = status if status in _PAGES else (404 if status < 500 else 500)
    told = {
        "path": request.path,
        "minutes": _wait(error),
        "must_sign_in": g.get("must_sign_in"),
        "suite": g.get("suite"),
    }
    response = make_response(render_template(f"errors/{page}.html", **told), status)
    for name, value in error.get_headers():
        if name.lower() in {"retry-after", "allow"}:
            response.headers[name] = value
    return response


def _wait(error: HTTPException) -> int:
    """Minutes to wait before another attempt."""
    seconds = error.retry_after if isinstance(error, TooManyRequests) else None
    return math.ceil(seconds / 60) if isinstance(seconds, int) else 1
