"""What a prescriber waits for: the caseload of 500 people, each with the next step; a slot proposed to 50 people."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select, text
from werkzeug.test import TestResponse

from tests import factories as make
from tests.benchmarks import scratch
from tests.benchmarks.table import Row, print_table
from tests.pages import ApartClient
from traitdunion.accounts import sign_ins
from traitdunion.accounts.models import Person
from traitdunion.core import clock, db
from traitdunion.prescribers.models import CaseloadNote, Referral

_PEOPLE = 500
_TIMES = 40
_WARM_UP = 5
_TOGETHER = 50
_SENT = 25


def rows(*, full: bool = False) -> list[Row]:
    """The caseload page, and the form that proposes, each beside a page that asks nothing."""
    return [*_caseload(), *_referral()]


def _caseload() -> list[Row]:
    with scratch.application(with_communes=False) as app:
        organisation_id, secret = _follow(_PEOPLE)
        client = ApartClient(app, TestResponse)
        client.set_cookie(sign_ins.COOKIE, secret)
        path = f"/prescripteur/{organisation_id}"
        figure, plain = p95(getter(client, path)), p95(getter(client, "/aide"))
        file = p95(getter(client, f"{path}/personnes.csv"))
        return [
            Row(
                f"caseload of {_PEOPLE} people, whole page, p95 (a page of text beside)",
                f"{figure:.0f} ms",
                f"{plain:.0f} ms",
                f"{figure / plain:.1f}",
                "≤ 100 ms",
            ),
            Row("… as a file (CSV), p95", f"{file:.0f} ms", f"{plain:.0f} ms", f"{file / plain:.1f}"),
        ]


def _referral() -> list[Row]:
    """The whole POST, its messages and their jobs written; each time other people, and another slot."""
    with scratch.application(with_communes=False) as app:
        organisation_id, secret = _follow(_PEOPLE)
        client = ApartClient(app, TestResponse)
        client.set_cookie(sign_ins.COOKIE, secret)
        app.config["WTF_CSRF_ENABLED"] = False
        path = f"/prescripteur/{organisation_id}/propositions/nouvelle"
        with db.transaction() as session:
            slots = [make.slot(session, first_day=clock.today() + timedelta(days=90 + day)).id for day in range(_SENT)]
            people = session.scalars(
                select(Person.id).where(Person.given_name.like("Camille %")).limit(_TOGETHER)
            ).all()
        forms = iter([{"personne": people, "immersion": slot} for slot in slots])
        figure = p95(lambda: _sent(client.post(path, data=next(forms))), _SENT - _WARM_UP)
        plain = p95(getter(client, "/aide"))
        with db.transaction() as session:
            deliveries = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'notifications'"
            queued = session.scalar(text(deliveries))
        assert queued == _SENT * _TOGETHER, queued
        what = (
            f"one slot proposed to {_TOGETHER} people, whole POST with its messages queued, p95 (a page of text beside)"
        )
        return [Row(what, f"{figure:.0f} ms", f"{plain:.0f} ms", f"{figure / plain:.1f}", "≤ 500 ms")]


def _sent(answer: TestResponse) -> None:
    assert answer.status_code == 303, f"{answer.status_code}: {answer.text[:2000]}"


def _follow(count: int) -> tuple[int, str]:
    """An organisation whose people are at every step: its id, and the secret of a member's browser."""
    now = clock.now()
    with db.transaction() as session:
        make.occupation(session)
        make.commune(session)
        organisation = make.prescriber_organisation(session)
        member = make.prescriber(session, organisation)
        company = make.company(session)
        for number in range(count):
            person = make.person(session, f"Camille {number}", postcode="57000")
            entry = make.caseload_entry(
                session,
                organisation,
                person,
                prescriber=member if number % 10 else None,
                project="boulangère" if number % 3 else None,
                occupation_code="D1102",
                created_at=now - timedelta(days=number % 200),
            )
            if number % 2:
                day = clock.today() + timedelta(days=5 + number % 60)
                slot = make.slot(session, company=company, first_day=day)
                make.booking(session, slot, person, **_state(number))
            if number % 4 == 0:
                session.add(
                    Referral(
                        batch=uuid4(),
                        entry_id=entry.id,
                        prescriber_id=member.id,
                        code=f"{number:08d}",
                        state="proposed",
                        created_at=now,
                        expires_at=now + timedelta(days=5),
                    )
                )
            if number % 5 == 0:
                session.add(CaseloadNote(entry_id=entry.id, text="Vu ce matin", created_at=now))
        assert member.person
        return organisation.id, sign_ins.start(session, member.person, device="banc", now=now)


def _state(number: int) -> dict[str, object]:
    if number % 3 == 0:
        return {"state": "accepted", "expires_at": None}
    if number % 7 == 0:
        return {"state": "refused", "expires_at": None, "place_number": None}
    return {"expires_at": clock.now() + timedelta(days=2)}


def getter(client: ApartClient, path: str) -> Callable[[], None]:
    """Fetches the page, compressed, and sees that it is one."""

    def get() -> None:
        response = client.get(path, headers={"Accept-Encoding": "br"})
        assert response.status_code == 200, f"{path}: {response.status_code}"

    return get


def p95(call: Callable[[], object], times: int = _TIMES) -> float:
    """Milliseconds, after some calls that do not count."""
    for _ in range(_WARM_UP):
        call()
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        durations.append((time.perf_counter() - started) * 1000)
    return statistics.quantiles(durations, n=20)[-1]


if __name__ == "__main__":
    print_table(rows())
