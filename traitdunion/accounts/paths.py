"""Where to go on to after a sign-in: a page of ours, never another site."""

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException

_SPACE = "/mon-espace"


def own_space() -> str:
    """The page where one's own things are."""
    return _SPACE if is_ours(_SPACE) else url_for("accounts.account_page")


def is_ours(path: str) -> bool:
    """Whether a link on our pages could lead there.

    « //elsewhere.example » is a path to a server and a host to browsers, which take a backslash for a slash too.
    """
    if not path.startswith("/") or path.startswith("//") or not path.isprintable() or "\\" in path:
        return False
    try:
        current_app.url_map.bind("localhost").match(path, method="GET")
    except HTTPException:
        return False
    return True
