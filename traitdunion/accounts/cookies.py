"""The cookies of accounts, which only those who sign in receive, and who the visitor is by one of them.

`sign_in` says who is signed in; `asked` tells, for twenty minutes, the browser that asked to sign in from others;
`openid` keeps, for ten minutes, what a provider must give back.
"""

import hmac
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from flask import session as flask_session

from traitdunion.accounts import paths, sign_in, sign_ins
from traitdunion.core import access, clock, db, tokens
from traitdunion.core.access import Visitor

_ASKED = "asked"
_OPENID = "openid"
_ELSEWHERE = "Cette connexion a expiré, ou a commencé dans un autre navigateur. Recommencez."
_AT_PROVIDER = timedelta(minutes=10)


def init_app(app: Flask) -> None:
    """Recognises visitors, and sends the cookies that a request asked for."""
    access.identify_by(app, _identify)
    app.jinja_env.globals["own_space"] = paths.own_space
    app.after_request(_send)


def browser() -> str:
    """The secret of this request's browser; one that has none is given one with the answer."""
    found: str = g.get("asked") or request.cookies.get(_ASKED) or tokens.new_secret()
    g.asked = found
    return found


def known_browser() -> str | None:
    """The secret of this request's browser, or None when it did not ask to sign in lately."""
    return request.cookies.get(_ASKED)


def leave_for(provider: str, *, state: str, nonce: str, verifier: str, path: str | None) -> None:
    """Keeps, in this browser alone, what the provider must give back."""
    g.openid = tokens.sign("openid", [provider, state, nonce, verifier, path or ""])


def come_back(provider: str, *, state: str) -> tuple[str, str, str | None]:
    """Nonce, verifier and path of the browser that left for the provider with that state; once.

    Raises tokens.TokenRefused when it is another browser, another provider, or too long ago.
    """
    g.openid = None
    try:
        kept = tokens.read("openid", request.cookies.get(_OPENID, ""), _AT_PROVIDER)
    except tokens.TokenRefused:
        raise tokens.TokenRefused(_ELSEWHERE) from None
    left_for, expected, nonce, verifier, path = (str(value) for value in kept)
    if left_for != provider or not hmac.compare_digest(expected.encode(), state.encode()):
        raise tokens.TokenRefused(_ELSEWHERE)
    return nonce, verifier, path or None


def remember(secret: str) -> None:
    """The browser is signed in from the next page on; the forms it has open elsewhere must be shown again."""
    flask_session.clear()
    g.signed_in = secret


def forget() -> None:
    """The browser is no longer signed in."""
    flask_session.clear()
    g.signed_in = g.visitor = None


def _identify() -> Visitor | None:
    secret = request.cookies.get(sign_ins.COOKIE)
    if not secret:
        return None
    # A transaction of its own, before the request's: that of a GET cannot write, and the visit is noted.
    with db.transaction() as session:
        return sign_ins.recognise(session, secret, now=clock.now())


def _send(response: Response) -> Response:
    if "asked" in g and response.status_code < 400:
        _set(response, _ASKED, g.asked, int(sign_in.VALID_FOR.total_seconds()))
    if g.get("openid"):
        _set(response, _OPENID, g.openid, int(_AT_PROVIDER.total_seconds()))
    elif "openid" in g:
        response.delete_cookie(_OPENID)
    if g.get("signed_in"):
        _set(response, sign_ins.COOKIE, g.signed_in, int(sign_ins.LONGEST.total_seconds()))
        response.delete_cookie(_ASKED)
    elif "signed_in" in g:
        response.delete_cookie(sign_ins.COOKIE)
    return response


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    is_secure = request.is_secure or bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=is_secure)
