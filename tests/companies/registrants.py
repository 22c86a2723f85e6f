"""A process of a crowd: each of its threads registers the same establishment as somebody else, at the same instant."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import sqlalchemy
from sqlalchemy.orm import Session

from tests.companies.samples import SIRET, firm
from traitdunion import create_app
from traitdunion.accounts.models import Person
from traitdunion.clients import recherche_entreprises
from traitdunion.companies import companies
from traitdunion.core import db


def main(start: float, now: datetime, people: list[int]) -> None:
    """Prints what each person became, as JSON, for whoever started the process."""
    app = create_app(dict(os.environ))
    with app.app_context():
        url = db.database().url
    engine = sqlalchemy.create_engine(url, pool_size=len(people), max_overflow=0)
    found = recherche_entreprises.read(firm(), SIRET)

    def one(person_id: int) -> str:
        with app.app_context(), Session(engine) as session:
            person = session.get_one(Person, person_id)
            time.sleep(max(0.0, start - time.time()))
            _company, state = companies.register(session, SIRET, person=person, found=found, described=None, now=now)
            session.commit()
            return state.value

    with ThreadPoolExecutor(len(people)) as pool:
        told = list(pool.map(one, people))
    engine.dispose()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    main(asked["start"], datetime.fromisoformat(asked["now"]), asked["people"])
