"""The table of the guard: each rule, its source, and the smallest case that breaks it and no other that blocks.

A week of an adult, complete, breaks none; each row changes what the rule is about.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.agreements import samples
from tests.agreements.guard.circumstances import BOXING_DAY, GOOD_FRIDAY, around, named, shift
from traitdunion.agreements.guard import duration, judging
from traitdunion.agreements.guard.cases import Around, Immersion, Prolonged
from traitdunion.agreements.guard.findings import USAGE, Level
from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.snapshot import Contact, Employer, Renewed, Terms

ADULT = samples.terms()
MINOR = samples.minor(ADULT)
MONDAY = samples.FIRST_DAY
RENEWED = Renewed(code="EX1", first_day=date(2026, 11, 2), last_day=date(2026, 11, 13), why="Le pain, pas la vente.")
WORK = "Code du travail, "
LONG = (shift("06:00", "12:00"), shift("13:00", "18:00"), shift("19:00", "20:01"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A rule, its source, a case that breaks it, and words of its sentence."""

    rule: str
    source: str
    terms: Terms
    says: str
    level: Level = Level.BLOCK
    around: dict[str, Any] = field(default_factory=dict)


def _days(*days: tuple[date, str, str], of: Terms = ADULT) -> Terms:
    return replace(of, days=tuple(samples.day(on, shift(starts, ends)) for on, starts, ends in days))


def _long(first: date, last: date) -> Terms:
    """Only the first and the last day."""
    return replace(ADULT, days=(samples.day(first), samples.day(last)))


def _person(of: Terms = ADULT, **fields: Any) -> Terms:
    return replace(of, beneficiary=replace(of.beneficiary, **fields))


def _host(**fields: Any) -> Terms:
    return replace(ADULT, host=replace(ADULT.host, **fields))


TABLE = (
    Row(rule="timetable", source=WORK + "D. 5135-3, 5°", terms=replace(ADULT, days=()), says="Aucun jour"),
    Row(
        rule="month",
        source=WORK + "L. 5135-4 et D. 5135-4",
        terms=_long(date(2027, 3, 10), date(2027, 4, 10)),
        says="au plus tard le 9 avril 2027",
    ),
    Row(
        rule="past",
        source=USAGE,
        terms=ADULT,
        around={"today": MONDAY + timedelta(days=1), "earliest": MONDAY + timedelta(days=4)},
        says="déjà passé",
    ),
    Row(
        rule="notice",
        source=USAGE,
        level=Level.WARNING,
        terms=ADULT,
        around={"earliest": MONDAY + timedelta(days=1)},
        says="3 jours ouvrés avant le début : pas avant le 8 décembre 2026",
    ),
    Row(
        rule="renewed_once",
        source=WORK + "L. 5135-4 et D. 5135-4",
        terms=replace(ADULT, renewed=RENEWED),
        around={"prolonged": Prolonged(is_renewal=True, is_objective_reached=None)},
        says="déjà été renouvelée",
    ),
    Row(
        rule="renewed_for_its_objective",
        source=WORK + "L. 5135-4 et D. 5135-4",
        terms=replace(ADULT, renewed=RENEWED),
        around={"prolonged": Prolonged(is_renewal=False, is_objective_reached=True)},
        says="est atteint",
    ),
    Row(
        rule="renewed_after",
        source=WORK + "L. 5135-4 et D. 5135-4",
        terms=replace(ADULT, renewed=replace(RENEWED, last_day=MONDAY)),
        says="avant la fin de la première",
    ),
    Row(
        rule="youngest",
        source=WORK + "L. 4153-1",
        terms=samples.minor(ADULT, birth_date=MONDAY.replace(year=MONDAY.year - 16, day=8)),
        says="16 ans le premier jour",
    ),
    Row(
        rule="representative",
        source="Code civil, article 1146",
        terms=replace(MINOR, representative=None),
        says="un parent ou un tuteur",
    ),
    Row(
        rule="minor_day",
        source=WORK + "L. 3162-1",
        terms=replace(MINOR, days=(samples.day(MONDAY, shift("08:00", "12:00"), shift("13:00", "17:01")),)),
        says="8 h 01 de présence le 7 décembre 2026 : 8 h au plus",
    ),
    Row(
        rule="minor_week",
        source=WORK + "L. 3162-1",
        terms=replace(
            MINOR,
            days=tuple(
                samples.day(MONDAY + timedelta(days=number), shift("08:00", "12:00"), shift("13:00", "16:05"))
                for number in range(5)
            ),
        ),
        says="35 h 25 de présence la semaine du 7 décembre 2026 : 35 h au plus",
    ),
    Row(
        rule="minor_break",
        source=WORK + "L. 3162-3",
        terms=_days((MONDAY, "08:00", "12:31"), of=MINOR),
        says="4 h 31 sans pause",
    ),
    Row(
        rule="minor_night",
        source=WORK + "L. 3163-1 et L. 3163-2",
        terms=_days((MONDAY, "05:59", "09:00"), of=MINOR),
        says="entre 22 h et 6 h",
    ),
    Row(
        rule="minor_rest",
        source=WORK + "L. 3164-1",
        terms=_days((MONDAY, "18:00", "21:30"), (MONDAY + timedelta(days=1), "09:00", "12:00"), of=MINOR),
        says="11 h 30 de repos",
    ),
    Row(
        rule="minor_two_days",
        source=WORK + "L. 3164-2",
        terms=_days(
            *((MONDAY + timedelta(days=number), "09:00", "12:00") for number in (0, 1, 3, 4, 5)),
            of=MINOR,
        ),
        says="deux jours de repos de suite",
    ),
    Row(
        rule="minor_holiday",
        source=WORK + "L. 3164-6",
        terms=_days((GOOD_FRIDAY, "09:00", "12:00"), of=MINOR),
        says="26 mars 2027 est un jour férié",
    ),
    Row(
        rule="day",
        source=WORK + "L. 3121-18 et L. 3121-19",
        level=Level.WARNING,
        terms=replace(ADULT, days=(samples.day(MONDAY, shift("08:00", "13:00"), shift("14:00", "19:01")),)),
        says="10 h 01",
    ),
    Row(
        rule="day_ever",
        source=WORK + "L. 3121-19",
        terms=replace(ADULT, days=(samples.day(MONDAY, *LONG),)),
        says="12 h 01",
    ),
    Row(
        rule="week",
        source=WORK + "L. 3121-20",
        terms=replace(
            ADULT,
            days=tuple(
                samples.day(MONDAY + timedelta(days=number), shift("08:00", "13:00"), shift("14:00", "18:00"))
                for number in range(6)
            ),
        ),
        says="54 h de présence la semaine du 7 décembre 2026 : 48 h au plus",
    ),
    Row(rule="break", source=WORK + "L. 3121-16", terms=_days((MONDAY, "08:00", "14:01")), says="6 h 01 sans pause"),
    Row(
        rule="rest",
        source=WORK + "L. 3131-1",
        level=Level.WARNING,
        terms=_days((MONDAY, "16:00", "21:00"), (MONDAY + timedelta(days=1), "07:59", "12:00")),
        says="10 h 59 de repos après le 7 décembre 2026",
    ),
    Row(
        rule="seventh_day",
        source=WORK + "L. 3132-1",
        terms=_days(*((MONDAY + timedelta(days=number), "09:00", "12:00") for number in range(7))),
        says="Sept jours",
    ),
    Row(
        rule="sunday",
        source=WORK + "L. 3132-3",
        level=Level.WARNING,
        terms=_days((MONDAY - timedelta(days=1), "09:00", "12:00")),
        says="6 décembre 2026 est un dimanche",
    ),
    Row(
        rule="holiday",
        source=WORK + "L. 3133-1 et L. 3134-13",
        level=Level.WARNING,
        terms=_days((BOXING_DAY, "09:00", "12:00")),
        says="26 décembre 2026 est un jour férié",
    ),
    Row(
        rule="night",
        source=WORK + "L. 3122-1 et L. 3122-2",
        level=Level.WARNING,
        terms=_days((MONDAY, "04:00", "09:00")),
        says="de nuit",
    ),
    Row(
        rule="overlap",
        source=USAGE,
        terms=ADULT,
        around={"others": (Immersion(first_day=MONDAY, last_day=MONDAY, company="Garage Léo"),)},
        says="Garage Léo",
    ),
    Row(
        rule="company_total",
        source=USAGE,
        level=Level.WARNING,
        terms=ADULT,
        around={"days_in_company": 56},
        says="61 jours dans cette entreprise",
    ),
    Row(
        rule="own_company",
        source=USAGE,
        terms=_person(employer=Employer(name="Martin", siret=ADULT.host.siret, address=None, job=None)),
        says="aussi l’employeur",
    ),
    Row(
        rule="own_tutor",
        source=USAGE,
        terms=ADULT,
        around={
            "parties": (
                named(PartyRole.BENEFICIARY, "camille@exemple.fr", None),
                named(PartyRole.TUTOR, "camille@exemple.fr", None),
            )
        },
        says="celle qui l’accueille ont la même adresse",
    ),
    Row(
        rule="same_name",
        source=USAGE,
        level=Level.WARNING,
        terms=_host(tutor=Contact(given_name="CAMILLE", family_name="Éxemple", function=None)),
        says="portent le même nom",
    ),
    Row(
        rule="distinct",
        source=USAGE,
        terms=ADULT,
        around={
            "parties": (
                named(PartyRole.BENEFICIARY, "camille@exemple.fr", "+33600000001"),
                named(PartyRole.REPRESENTATIVE, "parent@exemple.fr", "+33600000001"),
            )
        },
        says="chacun doit signer pour soi",
    ),
    Row(
        rule="address",
        source=USAGE,
        terms=ADULT,
        around={"parties": (named(PartyRole.BENEFICIARY, None, None),)},
        says="ni adresse e-mail ni téléphone",
    ),
    Row(
        rule="prescriber",
        source=WORK + "D. 5135-3, 1°, et L. 5135-2",
        terms=replace(ADULT, prescriber=None),
        says="Aucun organisme",
    ),
    Row(
        rule="right",
        source=WORK + "L. 5135-2",
        terms=ADULT,
        around={"may_prescribe": False},
        says="délégation est terminée",
    ),
    Row(rule="name", source=WORK + "D. 5135-3, 2°", terms=_person(family_name=""), says="nom ou le prénom"),
    Row(rule="birth_date", source=WORK + "D. 5135-3, 2°", terms=_person(birth_date=None), says="date de naissance"),
    Row(rule="home", source=WORK + "D. 5135-3, 2°", terms=_person(address=None), says="L’adresse"),
    Row(rule="situation", source=WORK + "D. 5135-3, 2°", terms=_person(situation=None), says="situation"),
    Row(rule="rsa", source=WORK + "D. 5135-3, 2°", terms=_person(receives_rsa=None), says="RSA"),
    Row(
        rule="employer",
        source=WORK + "D. 5135-3, 2°",
        terms=ADULT,
        around={"is_employed": True},
        says="employeur actuel",
    ),
    Row(
        rule="signatory",
        source=WORK + "D. 5135-3, 3°",
        terms=_host(signatory=Contact(given_name="", family_name="", function=None)),
        says="signe pour l’entreprise",
    ),
    Row(
        rule="tutor",
        source=WORK + "D. 5135-3, 3°",
        terms=_host(tutor=Contact(given_name="", family_name="", function=None)),
        says="qui accueille",
    ),
    Row(
        rule="referent",
        source=WORK + "D. 5135-3, 4°",
        level=Level.WARNING,
        terms=replace(ADULT, referent=None),
        says="référent",
    ),
    Row(
        rule="objective",
        source=WORK + "D. 5135-3, 5°, et L. 5135-1",
        terms=replace(ADULT, objective=None),
        says="L’objet",
    ),
    Row(rule="goals", source=WORK + "D. 5135-3, 5°", terms=replace(ADULT, goals=None), says="découvrir ou vérifier"),
    Row(rule="assessment", source=WORK + "D. 5135-3, 5°", terms=replace(ADULT, assessment=""), says="atteint"),
    Row(rule="tasks", source=WORK + "D. 5135-3, 6°", terms=replace(ADULT, tasks=" "), says="tâches"),
    Row(rule="emergency", source=USAGE, terms=replace(ADULT, emergency=None), says="urgence"),
)
BY_NAME = {row.rule: row for row in TABLE}


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


class TestTheTable:
    def test_has_each_rule_once(self) -> None:
        assert [row.rule for row in TABLE] == list(BY_NAME)
        assert set(BY_NAME) == {rule.name for rule in judging.RULES}
        assert len(judging.RULES) == len({rule.name for rule in judging.RULES})

    @pytest.mark.parametrize("made", [ADULT, MINOR], ids=["adult", "minor"])
    def test_starts_from_a_case_where_nothing_is_found(self, made: Terms) -> None:
        assert judging.judge(made, around()) == ()

    @pytest.mark.parametrize("row", TABLE, ids=lambda row: row.rule)
    def test_each_case_breaks_its_rule_and_says_why(self, row: Row) -> None:
        found = judging.judge(row.terms, around(**row.around))

        broken = {finding.rule: finding for finding in found}
        assert row.rule in broken
        finding = broken[row.rule]
        assert (finding.level, _plain(finding.source)) == (row.level, row.source)
        assert row.says in _plain(finding.sentence)
        assert finding.sentence.endswith(".")
        assert finding.remedy.endswith(".")

    @pytest.mark.parametrize("row", TABLE, ids=lambda row: row.rule)
    def test_each_case_breaks_nothing_else_that_blocks(self, row: Row) -> None:
        found = judging.judge(row.terms, around(**row.around))

        blocking = {finding.rule for finding in found if finding.is_blocking} - {row.rule}
        assert not blocking
        assert judging.blocks(found) is (row.level is Level.BLOCK)


NEARLY: dict[str, Callable[[], tuple[Terms, Around]]] = {
    "month": lambda: (_long(date(2027, 3, 10), date(2027, 4, 9)), around()),
    "past": lambda: (ADULT, around(today=MONDAY, earliest=MONDAY)),
    "notice": lambda: (ADULT, around(earliest=MONDAY)),
    "renewed_once": lambda: (
        replace(ADULT, renewed=RENEWED),
        around(prolonged=Prolonged(is_renewal=False, is_objective_reached=False)),
    ),
    "youngest": lambda: (
        samples.minor(ADULT, birth_date=MONDAY.replace(year=MONDAY.year - 16)),
        around(),
    ),
    "representative": lambda: (_person(birth_date=MONDAY.replace(year=MONDAY.year - 18)), around()),
    "minor_day": lambda: (
        replace(MINOR, days=(samples.day(MONDAY, shift("08:00", "12:00"), shift("13:00", "17:00")),)),
        around(),
    ),
    "minor_week": lambda: (MINOR, around()),
    "minor_break": lambda: (_days((MONDAY, "08:00", "12:30"), of=MINOR), around()),
    "minor_night": lambda: (_days((MONDAY, "06:00", "09:00"), of=MINOR), around()),
    "minor_holiday": lambda: (_days((GOOD_FRIDAY, "09:00", "12:00")), around()),
    "day": lambda: (
        replace(ADULT, days=(samples.day(MONDAY, shift("08:00", "13:00"), shift("14:00", "19:00")),)),
        around(),
    ),
    "week": lambda: (
        replace(
            ADULT,
            days=tuple(
                samples.day(MONDAY + timedelta(days=number), shift("08:00", "12:00"), shift("14:00", "18:00"))
                for number in range(6)
            ),
        ),
        around(),
    ),
    "break": lambda: (_days((MONDAY, "08:00", "14:00")), around()),
    "overlap": lambda: (
        ADULT,
        around(
            others=(
                Immersion(
                    first_day=MONDAY - timedelta(days=9), last_day=MONDAY - timedelta(days=1), company="Garage Léo"
                ),
            )
        ),
    ),
    "company_total": lambda: (ADULT, around(days_in_company=55)),
    "distinct": lambda: (
        ADULT,
        around(
            parties=(
                named(PartyRole.COMPANY, "ada@exemple.fr", "+33600000002"),
                named(PartyRole.TUTOR, "ada@exemple.fr", "+33600000002"),
            )
        ),
    ),
}


class TestTheEdge:
    @pytest.mark.parametrize("name", NEARLY)
    def test_of_a_rule_is_allowed(self, name: str) -> None:
        terms, where = NEARLY[name]()

        assert name not in {finding.rule for finding in judging.judge(terms, where)}


class TestTimetable:
    @pytest.mark.parametrize(
        "days",
        [
            (samples.day(MONDAY), samples.day(MONDAY)),
            (samples.day(MONDAY), samples.day(MONDAY - timedelta(days=1))),
            (replace(samples.day(MONDAY), shifts=()),),
            (samples.day(MONDAY, shift("12:00", "12:00")),),
            (samples.day(MONDAY, shift("08:00", "12:00"), shift("11:59", "16:00")),),
        ],
        ids=["twice", "backwards", "empty", "nothing", "overlapping"],
    )
    def test_tells_days_that_cannot_be_read_alone(self, days: tuple[Any, ...]) -> None:
        found = judging.judge(replace(ADULT, days=days), around(today=date(2030, 1, 1)))

        assert [finding.rule for finding in found] == ["timetable"]

    def test_is_the_first_rule(self) -> None:
        assert judging.RULES[0] is duration.TIMETABLE
