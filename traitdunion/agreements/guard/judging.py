"""Every rule on one case, in the order in which people read them."""

from collections.abc import Iterable

from traitdunion.agreements.guard import duration, hours, mentions, minors, people
from traitdunion.agreements.guard.cases import Around, Case
from traitdunion.agreements.guard.findings import Finding, Rule
from traitdunion.agreements.snapshot import Terms

_OF_DAYS = (*duration.RULES, *minors.RULES, *hours.RULES, *people.RULES)
RULES: tuple[Rule, ...] = (duration.TIMETABLE, *_OF_DAYS, *mentions.RULES)


def judge(terms: Terms, around: Around) -> tuple[Finding, ...]:
    """What is found; empty: the parties may sign, and the prescriber has nothing to answer.

    Where the timetable cannot be read, only that and the missing mentions are told.
    """
    case = Case(terms=terms, around=around)
    unreadable = duration.TIMETABLE.check(case)
    if unreadable is None:
        return _found((*_OF_DAYS, *mentions.RULES), case)
    return _found((duration.TIMETABLE, *mentions.RULES), case)


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether one of them keeps the parties from signing."""
    return any(finding.is_blocking for finding in findings)


def _found(rules: Iterable[Rule], case: Case) -> tuple[Finding, ...]:
    return tuple(
        Finding(rule.name, rule.level, sentence, rule.source, rule.remedy)
        for rule in rules
        if (sentence := rule.check(case)) is not None
    )
