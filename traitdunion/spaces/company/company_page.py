"""The home of an establishment: the next step, what to answer, whom it expects, its calendar and slots."""

from flask import render_template, request, url_for

from traitdunion.companies import codes, companies, members, siret
from traitdunion.core import clock, db
from traitdunion.immersions import bookings, calendars, places, slots
from traitdunion.immersions.forms import AnswerForm
from traitdunion.immersions.models import RefusalReason
from traitdunion.impact import letters
from traitdunion.notifications import addresses
from traitdunion.pathways import interests
from traitdunion.spaces.company import entering, months, steps


def render(company_id: int, form: AnswerForm, *, refused_id: int | None = None) -> str:
    """The page; `form` is what was answered wrongly to the request `refused_id`."""
    session, now, today = db.session(), clock.now(), clock.today()
    company, person = entering.company(session, company_id), entering.person(session)
    coming = slots.of_company(session, company.id, since=today)
    chosen = months.read(request.args.get("mois"), default=coming[0].first_day if coming else today)
    in_month = slots.of_company(session, company.id, since=chosen, until=months.end(chosen))
    requests = bookings.requests_of(session, [company.id])
    expected = bookings.expected_of(session, [company.id])
    mine, theirs = person.email or person.phone, [one.person.phone or one.person.email for one in expected]
    feed = calendars.find_feed(session, person, company=company)
    step = steps.next_step(
        company,
        slots=coming,
        requests=requests,
        members=members.of_company(session, company.id),
        letter=codes.of(session, company.id, person.id),
    )
    return render_template(
        "spaces/company/company.html",
        company=company,
        siret=siret.write(company.siret),
        others=[one for one in companies.of(session, person.id) if one.id != company.id],
        step=step,
        requests=requests,
        expected=expected,
        address=mine,
        refused=addresses.refused(session, [mine, *theirs]),
        bilan_tokens={one.id: letters.bilan_token(one) for one in expected},
        wishes=interests.count_of_company(session, company),
        slots=coming,
        free=places.free_counts(session, [slot.id for slot in coming]),
        month=months.month(chosen, in_month, today=today),
        calendar=url_for("immersions.feed", secret=calendars.secret(feed), _external=True) if feed else None,
        now=now,
        today=today,
        form=form,
        reasons=list(RefusalReason),
        refused_id=refused_id,
    )
