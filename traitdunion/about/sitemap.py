"""What search engines are told to read: our pages, living offers that are not invented, funded trainings, occupations.

A sitemap holds 50,000 addresses at most (sitemaps.org): beyond, it is an index of parts, each a range of ids, so that
a part costs one walk of the key whatever its number.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from xml.sax.saxutils import escape

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traitdunion.offers.models import Offer, OfferSource
from traitdunion.rome.models import Occupation
from traitdunion.search.offers import ALIVE
from traitdunion.search.trainings import funded
from traitdunion.trainings.models import Training

MOST = 50_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

Rows: TypeAlias = Sequence[tuple[int, datetime]]
"""Ids and when they last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """How many offers and trainings there are, and the numbers of their parts."""

    count: int
    offers: Sequence[int]
    trainings: Sequence[int]


def parts(session: Session, *, region_code: str, is_fictitious: bool) -> Parts:
    """What there is to tell."""
    offers = _parts(session, _offers())
    trainings = {} if is_fictitious else _parts(session, _trainings(region_code))
    return Parts(count=sum(offers.values()) + sum(trainings.values()), offers=tuple(offers), trainings=tuple(trainings))


def offers(session: Session, part: int | None = None) -> Rows:
    """The living offers that are not invented, of the part or all of them, by id."""
    query = _within(_offers(), Offer.id, part)
    return [(id_, changed) for id_, changed in session.execute(query)]


def trainings(session: Session, *, region_code: str, part: int | None = None) -> Rows:
    """The trainings that the Région funds, of the part or all of them, by id."""
    query = _within(_trainings(region_code), Training.id, part)
    return [(id_, changed) for id_, changed in session.execute(query)]


def occupations(session: Session, *, region_code: str) -> Sequence[str]:
    """The codes of the occupations that have an offer of their own or a funded training now: fewer than 2,000."""
    taught = select(func.unnest(Training.rome_codes)).where(funded(region_code))
    recruits = exists().where(ALIVE, Offer.rome_code == Occupation.code)
    return session.scalars(
        select(Occupation.code).where(or_(recruits, Occupation.code.in_(taught))).order_by(Occupation.code)
    ).all()


def urls(addresses: Iterable[tuple[str, datetime | None]]) -> Iterator[str]:
    """The text of a sitemap, piece by piece, for addresses and when they last changed."""
    yield f"{_HEAD}<urlset {_SPACE}>\n"
    for address, changed in addresses:
        yield f"<url><loc>{escape(address)}</loc>{_last(changed)}</url>\n"
    yield "</urlset>\n"


def index(addresses: Iterable[str]) -> Iterator[str]:
    """The text of an index of sitemaps."""
    yield f"{_HEAD}<sitemapindex {_SPACE}>\n"
    for address in addresses:
        yield f"<sitemap><loc>{escape(address)}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def _last(changed: datetime | None) -> str:
    return f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else ""


def _offers() -> Select[int, datetime]:
    return (
        select(Offer.id, Offer.changed_at)
        .join(OfferSource, OfferSource.name == Offer.source)
        .where(ALIVE, OfferSource.is_fictitious.is_(False))
    )


def _trainings(region_code: str) -> Select[int, datetime]:
    return select(Training.id, Training.updated_at).where(funded(region_code))


def _parts(session: Session, query: Select[int, datetime]) -> dict[int, int]:
    found = query.subquery()
    part = found.c.id.op("/")(MOST)  # whole division, as PostgreSQL does it
    numbers = select(part, func.count()).group_by(part).order_by(part)
    return dict(session.execute(numbers).all())


def _within(query: Select[int, datetime], key: InstrumentedAttribute[int], part: int | None) -> Select[int, datetime]:
    if part is not None:
        query = query.where(key >= part * MOST, key < (part + 1) * MOST)
    return query.order_by(key)
