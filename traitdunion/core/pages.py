"""What every page needs: compression, its one address, and filters for what people read."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import phonenumbers
from babel.dates import format_date, format_timedelta
from flask import Flask, has_request_context, request, url_for
from flask_compress import Compress
from jinja2 import StrictUndefined
from werkzeug.routing import IntegerConverter, Map

from traitdunion.core import clock, db, prose

_MINUTE = timedelta(minutes=1)


class _IdConverter(IntegerConverter):
    """`<int:…>` in every address: a number that the database cannot hold is nobody's id, and answers 404."""

    def __init__(self, map: Map) -> None:  # noqa: A002 — the name is werkzeug's
        super().__init__(map, max=db.LARGEST_ID)


def init_app(app: Flask) -> None:
    """Bounds the numbers in addresses, compresses pages and fills Jinja's environment; before any blueprint."""
    app.url_map.converters["int"] = _IdConverter
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_BR_LEVEL"] = 2  # 7 % larger than the usual 4, in a third of the time
    Compress(app)
    app.jinja_env.globals["url_for"] = _url_for
    app.jinja_env.globals["canonical"] = canonical
    app.jinja_env.filters.update(day=day, since=since, number=number, phone=phone, readable=prose.readable)


def _url_for(endpoint: str, **values: Any) -> str:
    """`url_for`, which is asked a score of times a page for addresses that never change: those are kept."""
    if values or not has_request_context():
        return url_for(endpoint, **values)
    return _kept_address(request.script_root, endpoint)


@lru_cache(maxsize=1_000)
def _kept_address(_root: str, endpoint: str) -> str:
    return url_for(endpoint)


def canonical() -> str | None:
    """The one address of this page, for search engines: whole and without query; None where there is no such page.

    What a query narrows or sorts is the same page for them: `/robots.txt` keeps them out of its endless variants.
    """
    if request.endpoint is None:
        return None
    return url_for(request.endpoint, _external=True, **(request.view_args or {}))


def day(value: date) -> str:
    """« 3 février 2027 », « 1er mars 2027 »."""
    return format_date(value, "'1er' MMMM y" if value.day == 1 else "d MMMM y", locale="fr")


def since(value: datetime) -> str:
    """« il y a 3 heures »; « à l’instant » for the last minute, and for what a clock ahead of ours wrote."""
    minutes = (clock.now() - value) // _MINUTE
    return _minutes_ago(minutes) if minutes > 0 else "à l’instant"


@lru_cache(maxsize=10_000)
def _minutes_ago(minutes: int) -> str:
    return format_timedelta(-minutes * _MINUTE, add_direction=True, locale="fr")


def number(value: float) -> str:
    """A number with French thousands separators, without decimals beyond what it has."""
    return f"{value:,}".replace(",", "\u202f").replace(".", ",")


def phone(value: str) -> str:
    """A number stored as E.164 as people write it: « 03 87 00 00 00 », « +352 621 123 456 »."""
    found = phonenumbers.parse(value)
    kind = phonenumbers.PhoneNumberFormat
    is_french = found.country_code == phonenumbers.country_code_for_region("FR")
    return phonenumbers.format_number(found, kind.NATIONAL if is_french else kind.INTERNATIONAL).replace(" ", "\u00a0")
