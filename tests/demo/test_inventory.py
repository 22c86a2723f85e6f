"""The facts of the demonstration agree with each other, with ROME, and name nobody."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from traitdunion.demo import inventory
from traitdunion.demo.inventory import FACTS, Inventory, Job
from traitdunion.rome.reference import FACTS as ROME

FILES = sorted(FACTS.rglob("*.toml"))


@pytest.fixture(scope="module")
def facts() -> Inventory:
    """All of them."""
    return inventory.read()


def ids(path: Path) -> str:
    """The file's name."""
    return path.name


class TestJobs:
    def test_are_sixty(self, facts: Inventory) -> None:
        assert len(facts.jobs) == 60
        assert len({job.job_title for job in facts.jobs}) == 60

    def test_bear_codes_of_rome_4(self, facts: Inventory) -> None:
        with ROME.open(encoding="utf-8", newline="") as lines:
            known = {row["code"] for row in csv.DictReader(lines)}

        assert {job.rome for job in facts.jobs} <= known

    def test_say_what_rome_3_called_them_where_it_had_another_code(self, facts: Inventory) -> None:
        assert all((job.rome_v3 is None) == (job.rome_v3_label is None) for job in facts.jobs)
        assert sum(job.rome_v3 is not None for job in facts.jobs) >= 8

    def test_are_described_in_enough_ways(self, facts: Inventory) -> None:
        def is_poor(job: Job) -> bool:
            return len(job.missions) < 5 or len(job.titles) < 3 or len(job.asks) < 2 or len(job.skills) < 3

        assert not [job.job_title for job in facts.jobs if is_poor(job)]

    def test_are_named_in_both_genders(self, facts: Inventory) -> None:
        assert not [job.person for job in facts.jobs if not re.match(r"une? .* ou une |un ou une ", job.person)]

    def test_recruit_at_known_employers_and_levels(self, facts: Inventory) -> None:
        assert {kind for job in facts.jobs for kind in job.employers} <= facts.kinds.keys()
        assert {job.level for job in facts.jobs} <= facts.phrases.levels.keys()
        assert {code for job in facts.jobs for code in job.contracts.split()} <= {"CDI", "CDD", "MIS", "SAI"}

    def test_have_an_employer_that_is_no_agency(self, facts: Inventory) -> None:
        assert all(set(job.employers) != {"agency"} for job in facts.jobs)

    def test_pay_the_minimum_wage_or_more(self, facts: Inventory) -> None:
        # 1,823.03 euros a month since January 2026.
        assert all(1823 < job.pay[0] <= job.pay[1] for job in facts.jobs)


class TestProgrammes:
    def test_are_each_given_by_two_organisations(self, facts: Inventory) -> None:
        able = Counter(domain for one in facts.organisations for domain in one.domains)

        assert len(facts.programmes) == 75
        assert all(able[programme.domain] >= 2 for programme in facts.programmes)

    def test_lead_to_most_jobs(self, facts: Inventory) -> None:
        taught = {code for programme in facts.programmes for code in programme.rome}
        left = [job.job_title for job in facts.jobs if not {job.rome, job.rome_v3} & taught]

        # Nobody becomes a nurse in a training of the Région.
        assert len(left) <= 2, left


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_no_fact_has_an_address_or_a_number_of_anybody(path: Path) -> None:
    assert not re.search(r"@|\b0\d(?:[ .]?\d\d){4}\b|https?:", path.read_text())
