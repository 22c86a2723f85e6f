"""The people an organisation follows: what waits for the prescriber first; the same list as a file."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.core import access, clock, db
from traitdunion.prescribers import delegations, followed, readings, steps
from traitdunion.prescribers.followed import Followed
from traitdunion.prescribers.steps import Ball
from traitdunion.spaces.prescriber import caseload_file, entering
from traitdunion.spaces.prescriber.caseload_form import CaseloadForm

blueprint = Blueprint("caseload", __name__)

SIZE = 500
"""People on a page: whoever follows more looks for a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page of the people found."""

    people: list[Followed]
    count: int
    page: int

    @property
    def last_page(self) -> int:
        """At least 1."""
        return max(1, -(-self.count // SIZE))

    @property
    def groups(self) -> list[tuple[Ball, list[Followed]]]:
        """The same people by who has to act, in the order of the list."""
        each = ((ball, [one for one in self.people if one.step.ball is ball]) for ball in Ball)
        return [(ball, people) for ball, people in each if people]


@blueprint.get("/prescripteur/<int:organisation_id>")
@access.signed_in
def caseload_page(organisation_id: int) -> ResponseReturnValue:
    """Each person with the next step and who has the ball; narrowed by the fields of the address."""
    session = db.session()
    prescriber = entering.prescriber(session, organisation_id)
    form = _form(session, organisation_id)
    everybody = followed.find(session, organisation_id, form.criteria(prescriber, now=clock.now()), now=clock.now())
    found = followed.at_step(everybody, form.step)

    def address(endpoint: str = "caseload_page", **changed: str | int) -> str:
        values: dict[str, Any] = {**form.chosen, **changed}
        return url_for(f"caseload.{endpoint}", organisation_id=organisation_id, **values)

    return render_template(
        "spaces/prescriber/caseload.html",
        prescriber=prescriber,
        standing=delegations.standing(prescriber.organisation, on=clock.today()),
        form=form,
        shown=_page(found),
        counts=followed.tally(everybody),
        when=partial(steps.when, today=clock.today()),
        address=address,
        file=address("export"),
        refer_address=url_for("prescriber_referrals.new_page", organisation_id=organisation_id),
        # Once, since an address for each of 500 people costs 10 ms.
        person_address=url_for("caseload_files.file_page", organisation_id=organisation_id, person_id=0)[:-1],
    )


@blueprint.get("/prescripteur/<int:organisation_id>/personnes.csv")
@access.signed_in
def export(organisation_id: int) -> ResponseReturnValue:
    """The same list, all of it, as a file; that it was taken away is kept."""
    session, now = db.session(), clock.now()
    prescriber = entering.prescriber(session, organisation_id)
    form = _form(session, organisation_id)
    found = followed.find(session, organisation_id, form.criteria(prescriber, now=now), now=now)
    readings.record_export(prescriber, now=now)
    answer = Response(caseload_file.lines(followed.at_step(found, form.step)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="personnes-suivies-{clock.today()}.csv"'
    return answer


def _form(session: Session, organisation_id: int) -> CaseloadForm:
    return CaseloadForm(
        request.args,
        jobs=followed.jobs(session, organisation_id),
        communes=followed.communes(session, organisation_id),
    )


def _page(found: list[Followed]) -> Shown:
    last = max(1, -(-len(found) // SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    return Shown(people=found[(page - 1) * SIZE : page * SIZE], count=len(found), page=page)
