"""Two dozen people register one establishment at the same instant, from several processes."""

import json
import os
import subprocess
import sys
import time
from collections import Counter

from flask import Flask
from sqlalchemy import select

from tests import factories as make
from traitdunion.companies.models import Company, CompanyMember
from traitdunion.core import db

PROCESSES, THREADS = 3, 8


class TestRegister:
    def test_makes_one_company_and_one_member(self, committing_app: Flask, environ: dict[str, str]) -> None:
        with db.transaction() as session:
            people = [make.person(session).id for _ in range(PROCESSES * THREADS)]
        start = time.time() + 6  # each process loads the application meanwhile

        crowd = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.companies.registrants",
                    json.dumps(
                        {"start": start, "now": make.NOW.isoformat(), "people": people[each * THREADS :][:THREADS]}
                    ),
                ],
                env={**os.environ, **environ},
                stdout=subprocess.PIPE,
            )
            for each in range(PROCESSES)
        ]
        told = [state for process in crowd for state in json.loads(process.communicate(timeout=60)[0])]

        assert Counter(told) == {"active": 1, "asking": PROCESSES * THREADS - 1}
        with db.transaction() as session:
            assert len(session.scalars(select(Company)).all()) == 1
            assert len(session.scalars(select(CompanyMember)).all()) == PROCESSES * THREADS
