"""Booking at 30 arrivals a second on a real server, its messages queued; the search among 20,000 slots."""

import secrets
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import requests
from flask import Flask
from flask import session as flask_session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import insert, select, text
from werkzeug.test import TestResponse

from tests.benchmarks import invented_slots, scratch, serving
from tests.benchmarks.table import Row, print_table
from tests.pages import ApartClient
from traitdunion.accounts import sign_ins
from traitdunion.accounts.models import Person
from traitdunion.companies.models import CompanyMember
from traitdunion.core import clock, db
from traitdunion.immersions.models import Slot
from traitdunion.territories.models import Commune

_SLOTS = 20_000
_RATE = 30  # arrivals a second
_SECONDS = 20
_WARM_UP = 60  # requests, before those that count
_TIMES = 100
_ADULT = date(1990, 1, 1)
_SEARCHES = (
    ("/immersions?q=boulanger&lieu=metz&rayon=30", "≤ 50 ms"),
    ("/immersions", "≤ 50 ms"),
    ("/immersions?lieu=metz&rayon=100&tri=distance", "≤ 50 ms"),
    ("/immersions?lieu=metz&rayon=100", "≤ 50 ms"),
    ("/immersions?q=soudeur&duree=half_day&mineurs=1&libres=1", "≤ 50 ms"),
)


def rows(*, full: bool = False) -> list[Row]:
    """The search, then the bookings: p95, each beside a plain figure of the same run."""
    with scratch.application() as app:
        with db.transaction() as session:
            near = select(Commune).where(Commune.kind == "commune", Commune.department.in_(("57", "54")))
            towns = session.scalars(near).all()
            invented_slots.insert_slots(session, _SLOTS, towns, today=clock.today(), now=clock.now())
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        return [*_searches(app), *_bookings(app)]


def _searches(app: Flask) -> list[Row]:
    client = ApartClient(app, TestResponse)
    plain = _p95(_getter(client, "/aide"))  # a page that asks nothing
    measured = []
    for path, asked in _SEARCHES:
        figure = _p95(_getter(client, path))
        what = f"{path}, {_SLOTS} slots, p95 (a page of text beside)"
        measured.append(Row(what, f"{figure:.1f} ms", f"{plain:.1f} ms", f"{figure / plain:.2f}", asked))
    return measured


def _bookings(app: Flask) -> list[Row]:
    count = _RATE * _SECONDS + _WARM_UP
    people, slots = _people(app, count), _slots_with_members(count)
    with serving.beside(page="/immersions", TRUSTED_PROXIES="1") as address:
        _arrive([_posting(address, *each) for each in zip(people[:_WARM_UP], slots[:_WARM_UP], strict=True)])
        reading = _arrive([_reading(address, slot) for slot in slots[_WARM_UP:]])
        booking = _arrive([_posting(address, *each) for each in zip(people[_WARM_UP:], slots[_WARM_UP:], strict=True)])
    with db.transaction() as session:
        made = session.scalar(text("SELECT count(*) FROM bookings"))
        queued = session.scalar(text("SELECT count(*) FROM messages"))
    assert made == count, made
    assert queued is not None
    assert queued >= 2 * count, queued  # the person's, and that of each member
    figure, plain = _percentile(booking), _percentile(reading)
    return [
        Row(
            f"booking, whole POST with its messages queued, {_RATE}/s for {_SECONDS} s, p95 (reading the page beside)",
            f"{figure:.0f} ms",
            f"{plain:.0f} ms",
            f"{figure / plain:.2f}",
            "≤ 150 ms",
        ),
        Row("… median", f"{statistics.median(booking):.0f} ms", f"{statistics.median(reading):.0f} ms"),
    ]


def _people(app: Flask, count: int) -> list[dict[str, str]]:
    """Adults who are signed in, each with the cookies of a browser that opened the form, and its token."""
    with db.transaction() as session:
        rows = [
            {
                "given_name": "Camille",
                "family_name": f"Exemple {number}",
                "email": f"personne{number}@exemple.fr",
                "birth_date": _ADULT,
                "postcode": "57000",
                "created_at": clock.now(),
            }
            for number in range(count)
        ]
        ids = session.scalars(insert(Person).returning(Person.id), rows).all()
        people = [session.get_one(Person, id_) for id_ in ids]
        kept = [sign_ins.start(session, person, device="banc", now=clock.now()) for person in people]
    with app.test_request_context():
        flask_session["csrf_token"] = secrets.token_hex(20)
        token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        form = serializer.dumps(dict(flask_session))
    return [{"cookie": f"{sign_ins.COOKIE}={secret}; session={form}", "token": token} for secret in kept]


def _slots_with_members(count: int) -> list[int]:
    """Free slots, each company with a member who is written to; a slot serves two people."""
    with db.transaction() as session:
        free = select(Slot).where(Slot.state == "published", Slot.first_day > clock.today() + timedelta(days=10))
        slots = session.scalars(free.order_by(Slot.id).limit(count // 2 + 1)).all()
        member = Person(given_name="Ada", family_name="Martin", email="ada@exemple.fr", created_at=clock.now())
        session.add(member)
        session.flush()
        for company_id in {slot.company_id for slot in slots}:
            session.add(
                CompanyMember(company_id=company_id, person_id=member.id, state="active", created_at=clock.now())
            )
        return [slots[number // 2].id for number in range(count)]


def _posting(address: str, person: dict[str, str], slot: int) -> Callable[[int], None]:
    def post(number: int) -> None:
        answer = requests.post(
            f"{address}/immersions/{slot}/reserver",
            data={"csrf_token": person["token"], "mot": "Bonjour, j’aimerais essayer."},
            headers={"Cookie": person["cookie"], "X-Forwarded-For": _network(number)},
            allow_redirects=False,
            timeout=60,
        )
        assert answer.status_code == 303, f"{answer.status_code} {answer.text[:2000]}"
        assert "/mon-espace/reservations/" in answer.headers["Location"]

    return post


def _reading(address: str, slot: int) -> Callable[[int], None]:
    def get(number: int) -> None:
        requests.get(
            f"{address}/immersions/{slot}", headers={"X-Forwarded-For": _network(number)}, timeout=60
        ).raise_for_status()

    return get


def _network(number: int) -> str:
    """A network of one's own: limits count by network."""
    return f"10.{number // 250}.{number % 250}.1"


def _arrive(calls: list[Callable[[int], None]]) -> list[float]:
    """Makes the calls at their instants, whether or not those before are answered; ms from each instant.

    Each has its connection: they come from as many browsers.
    """
    start = time.perf_counter() + 0.5

    def call(number: int) -> float:
        due = start + number / _RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        calls[number](number)
        return (time.perf_counter() - due) * 1000

    with ThreadPoolExecutor(64) as pool:
        return list(pool.map(call, range(len(calls))))


def _getter(client: ApartClient, path: str) -> Callable[[], None]:
    def get() -> None:
        response = client.get(path, headers={"Accept-Encoding": "br"})
        assert response.status_code == 200, f"{path}: {response.status_code}"

    return get


def _p95(call: Callable[[], None], times: int = _TIMES) -> float:
    for _ in range(min(10, times)):
        call()
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        durations.append((time.perf_counter() - started) * 1000)
    return _percentile(durations)


def _percentile(durations: list[float]) -> float:
    return statistics.quantiles(durations, n=20)[-1]


if __name__ == "__main__":
    print_table(rows())
