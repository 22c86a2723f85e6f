"""What every page needs: static files with an address that changes with their content, compression, filters."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from babel.dates import format_date, format_timedelta
from flask import Flask, request, url_for
from flask_compress import Compress
from jinja2 import StrictUndefined
from whitenoise import WhiteNoise

from traitdunion.core import clock, prose

_YEAR = 31_536_000  # seconds


def init_app(app: Flask, *, static_folder: Path) -> None:
    """Serves `static_folder` and the stylesheet of Bootstrap (from its wheel), and fills Jinja's environment."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    Compress(app)
    bootstrap = Path(str(files("flask_bootstrap"))) / "static" / "bootstrap5"
    roots = {"static": static_folder, "bootstrap": bootstrap}
    served = WhiteNoise(app.wsgi_app, max_age=_YEAR)
    served.add_files(str(static_folder), prefix="static/")
    served.add_files(str(bootstrap / "css"), prefix="bootstrap/css/")
    app.wsgi_app = served  # type: ignore[method-assign]

    @lru_cache
    def versioned(root: str, path: str) -> str:
        content = (roots[root] / path).read_bytes()
        return f"/{root}/{path}?v={hashlib.sha256(content).hexdigest()[:12]}"

    app.jinja_env.globals["asset"] = versioned
    app.jinja_env.globals["url_for"] = url_for
    app.jinja_env.globals["canonical"] = canonical
    app.jinja_env.filters.update(day=day, since=since, number=number, readable=prose.readable)


def canonical() -> str | None:
    """The one address of this page, for search engines: whole and without query; None where there is no such page.

    What a query narrows or sorts is the same page for them: `/robots.txt` keeps them out of its endless variants.
    """
    if request.endpoint is None:
        return None
    return url_for(request.endpoint, _external=True, **(request.view_args or {}))


def day(value: date) -> str:
    """« 3 février 2027 »."""
    return format_date(value, "d MMMM y", locale="fr")


def since(value: datetime) -> str:
    """« il y a 3 heures »."""
    return format_timedelta(value - clock.now(), add_direction=True, locale="fr")


def number(value: float) -> str:
    """A number with French thousands separators, without decimals beyond what it has."""
    return f"{value:,}".replace(",", "\u202f").replace(".", ",")
