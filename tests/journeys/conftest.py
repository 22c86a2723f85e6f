"""A real browser, and the service it opens: real commits, a real server on a port of its own."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.core import clock, db
from traitdunion.demo.serving import serve

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_INSTALLED = Path.home() / ".cache" / "ms-playwright"


@dataclass(frozen=True, slots=True)
class Site:
    """A running service with a few offers and trainings."""

    address: str
    offer: int
    training: int
    withdrawn: int


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's Chromium, without anything that calls out; the test is skipped, saying so, where there is none."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None and not list(_INSTALLED.glob("chromium-*")):
        pytest.skip("no Chromium on this machine: scripts/find_browser.sh installs one")
    flags = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
        " --disable-component-update --disable-sync"
    )
    return {**browser_type_launch_args, "args": flags.split(), **({"executable_path": found} if found else {})}


@pytest.fixture
def site(committing_app: Flask) -> Iterator[Site]:
    """The service on a free port; its tables are emptied afterwards."""
    with db.transaction() as session:
        offer, training, withdrawn = _fill(session)
    with serve(committing_app) as address:
        yield Site(address, offer, training, withdrawn)


def _fill(session: Session) -> tuple[int, int, int]:
    """22 bakers, a withdrawn one, a mason, a training with a session; the ids that journeys go to."""
    make.commune(session)
    make.commune(session, "57672", "Thionville", latitude=49.37, longitude=6.15)
    make.occupation(session)
    make.source(session, is_fictitious=True)
    for number in range(21):
        make.offer(session, "Boulanger / Boulangère (H/F)", company_name=f"Fournil n° {number}", contract_type="CDD")
    offer = make.offer(
        session,
        "Boulanger / Boulangère (H/F)",
        company_name="Aux Délices",
        description="Vos missions :\n- pétrir\n- cuire\n\nVoir https://exemple.fr/fournil.",
        contract_type="CDI",
        level=3,
        salary_label="12 € de l’heure",
        updated_at=make.NOW + timedelta(hours=1),
    )
    withdrawn = make.offer(session, withdrawn_at=make.NOW)
    make.offer(session, "Maçon", rome_code="F1703", commune_code="57672", latitude=49.37, longitude=6.15)
    training = make.training(
        session,
        "CAP boulanger",
        organisation=make.organisation(session),
        objective="Savoir pétrir.",
        entry_level=0,
        exit_level=3,
    )
    action = make.action(session, training, address="1 rue du Four", postcode="57000", contact_phone="03 87 00 00 00")
    make.training_session(session, action, today=clock.today(), seats=12)
    make.match(session, offer, training, reasons=[make.reason("same_occupation", codes=["D1102"])])
    return offer.id, training.id, withdrawn.id
