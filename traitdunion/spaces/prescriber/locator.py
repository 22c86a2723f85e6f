"""A small plan of where a slot is, drawn by us: the towns around, how far it is from home, north and a scale.

No street is drawn: the tiles of a map would be asked of a third party. The address and the way to come are beside it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.immersions.models import Slot
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.territories.models import Commune

WIDTH, HEIGHT = 640, 360
_KM_OF_DEGREE = 111.2
_NEAREST_KM, _FURTHEST_KM = 6.0, 60.0
_MOST_TOWNS = 40
_WINDS = ("au nord", "au nord-est", "à l’est", "au sud-est", "au sud", "au sud-ouest", "à l’ouest", "au nord-ouest")
_INK, _SOFT, _LINE = "#1a1a1a", "#555555", "#999999"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How to think of where it is: « à 7 km au nord-est de Metz », as the crow flies."""

    home: Commune
    km: float
    wind: str

    @property
    def sentence(self) -> str:
        """What the sheet says; nothing of the sort within a commune."""
        if self.km < 1:
            return f"À {self.home.name} même."
        return f"À {self.km:.0f}\u00a0km {self.wind} de {self.home.name}, à vol d’oiseau."


def way(session: Session, slot: Slot, postcode: str | None) -> Way | None:
    """From the largest commune of the postcode; None where it is not known."""
    if postcode is None:
        return None
    bears = select(Commune).where(Commune.postcodes.contains([postcode]))
    home = session.scalar(bears.order_by(Commune.population.desc(), Commune.code).limit(1))
    if home is None:
        return None
    there = Point(slot.latitude, slot.longitude)
    return Way(home=home, km=distances.kilometres(home.centre, there), wind=wind(home.centre, there))


def wind(one: Point, other: Point) -> str:
    """In which of eight directions the other is."""
    east = (other.longitude - one.longitude) * math.cos(math.radians(one.latitude))
    north = other.latitude - one.latitude
    return _WINDS[round(math.degrees(math.atan2(east, north)) / 45) % 8]


def draw(session: Session, slot: Slot, postcode: str | None) -> str:
    """The plan, as SVG without any style or script."""
    centre, home = Point(slot.latitude, slot.longitude), way(session, slot, postcode)
    is_far = home is None or home.km > _FURTHEST_KM
    half = _NEAREST_KM if home is None or is_far else max(_NEAREST_KM, home.km * 1.3)
    towns = _towns(session, centre, half)
    sheet = _Sheet(centre, half)
    marked = home.home if home and not is_far and home.km >= 1 else None
    if marked is not None and home is not None:
        sheet.join(marked.centre, f"{home.km:.0f} km")
        sheet.dot(marked.centre, marked.name, is_home=True)
    sheet.pin(slot.address or slot.city)
    for town in towns:
        if marked is None or town.code != marked.code:
            sheet.dot(town.centre, town.name)
    return sheet.done()


def _towns(session: Session, centre: Point, half: float) -> Sequence[Commune]:
    """The largest communes of the frame, the largest first."""
    wide = distances.box(centre, half * WIDTH / HEIGHT)
    query = select(Commune).where(
        Commune.kind == "commune",
        Commune.latitude.between(wide.south, wide.north),
        Commune.longitude.between(wide.west, wide.east),
    )
    return session.scalars(query.order_by(Commune.population.desc(), Commune.code).limit(_MOST_TOWNS)).all()


class _Sheet:
    """What is drawn so far; a name that would cover another is left out."""

    def __init__(self, centre: Point, half: float) -> None:
        self._centre, self._scale = centre, HEIGHT / 2 / half
        self._half = half
        self._marks: list[str] = []
        # Where north and the scale are drawn.
        self._taken: list[tuple[float, float, float, float]] = [
            (WIDTH - 50, 0, WIDTH, 66),
            (0, HEIGHT - 46, WIDTH * 0.55, HEIGHT),
        ]

    def join(self, point: Point, label: str) -> None:
        """A line from home, with how far it is."""
        x, y = self._place(point)
        middle_x, middle_y = (x + WIDTH / 2) / 2, (y + HEIGHT / 2) / 2
        self._marks.append(
            f'<path d="M{x:.0f} {y:.0f}L{WIDTH / 2:.0f} {HEIGHT / 2:.0f}" stroke="{_LINE}" stroke-width="3"'
            ' stroke-dasharray="8 6" fill="none"/>'
        )
        self._write(middle_x + 8, middle_y - 6, label, size=18, weight=700)

    def dot(self, point: Point, label: str, *, is_home: bool = False) -> None:
        """A town; home is larger, and bold."""
        x, y = self._place(point)
        if not (8 < x < WIDTH - 8 and 24 < y < HEIGHT - 12):
            return
        size = 19 if is_home else 15
        to_left = x + 10 + len(label) * size * 0.55 > WIDTH - 8
        if self._write(
            x - 10 if to_left else x + 10, y + 5, label, size=size, weight=700 if is_home else 400, to_left=to_left
        ):
            fill = _INK if is_home else _SOFT
            self._marks.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{7 if is_home else 4}" fill="{fill}"/>')

    def pin(self, label: str) -> None:
        """Where the slot is, in the middle."""
        x, y = WIDTH / 2, HEIGHT / 2
        self._marks.append(
            f'<path d="M{x:.0f} {y:.0f}c-4-14-16-20-16-34a16 16 0 0 1 32 0c0 14-12 20-16 34z" fill="#b3001b"/>'
            f'<circle cx="{x:.0f}" cy="{y - 34:.0f}" r="6" fill="#ffffff"/>'
        )
        self._taken.append((x - 18, y - 54, x + 17, y + 4))
        self._write(x + 22, y - 30, label, size=19, weight=700)

    def done(self) -> str:
        """The whole drawing, with north and a scale."""
        length = next(km for km in (50, 20, 10, 5, 2, 1) if km <= self._half or km == 1)
        pixels = length * self._scale
        frame = f'<rect x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" fill="#ffffff" stroke="{_LINE}"/>'
        north = (
            f'<path d="M{WIDTH - 30} 14l10 26l-10-6l-10 6z" fill="{_INK}"/>'
            f'<text x="{WIDTH - 30}" y="58" text-anchor="middle" font-size="16" fill="{_INK}">N</text>'
        )
        scale = (
            f'<path d="M16 {HEIGHT - 26}v8h{pixels:.0f}v-8" stroke="{_INK}" stroke-width="2" fill="none"/>'
            f'<text x="{24 + pixels:.0f}" y="{HEIGHT - 15}" font-size="15" fill="{_INK}">{length} km</text>'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
            f' font-family="sans-serif">{frame}{"".join(self._marks)}{north}{scale}</svg>'
        )

    def _place(self, point: Point) -> tuple[float, float]:
        east = (point.longitude - self._centre.longitude) * math.cos(math.radians(self._centre.latitude))
        north = point.latitude - self._centre.latitude
        return WIDTH / 2 + east * _KM_OF_DEGREE * self._scale, HEIGHT / 2 - north * _KM_OF_DEGREE * self._scale

    def _write(self, x: float, y: float, label: str, *, size: int, weight: int, to_left: bool = False) -> bool:
        width = len(label) * size * 0.55
        left = x - width if to_left else x
        box = (left - 3, y - size, left + width, y + 4)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self._taken):
            return False
        self._taken.append(box)
        anchor = ' text-anchor="end"' if to_left else ""
        self._marks.append(
            f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" font-weight="{weight}" fill="{_INK}"{anchor}>'
            f"{escape(label)}</text>"
        )
        return True
