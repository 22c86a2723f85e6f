"""What every page needs: compression, its one address, and filters for what people read."""

from datetime import date, datetime, timedelta

import phonenumbers
from babel.dates import format_date, format_timedelta
from flask import Flask, request, url_for
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
    Compress(app)
    app.jinja_env.globals["url_for"] = url_for
    app.jinja_env.globals["canonical"] = canonical
    app.jinja_env.filters.update(day=day, since=since, number=number, phone=phone, readable=prose.readable)


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
    passed = value - clock.now()
    return format_timedelta(passed, add_direction=True, locale="fr") if passed < -_MINUTE else "à l’instant"


def number(value: float) -> str:
    """A number with French thousands separators, without decimals beyond what it has."""
    return f"{value:,}".replace(",", "\u202f").replace(".", ",")


def phone(value: str) -> str:
    """A number stored as E.164 as people write it: « 03 87 00 00 00 », « +352 621 123 456 »."""
    found = phonenumbers.parse(value)
    kind = phonenumbers.PhoneNumberFormat
    is_french = found.country_code == phonenumbers.country_code_for_region("FR")
    return phonenumbers.format_number(found, kind.NATIONAL if is_french else kind.INTERNATIONAL).replace(" ", "\u00a0")
