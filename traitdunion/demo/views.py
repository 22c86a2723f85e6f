"""`/demo`: whom one may be, and what would have been sent, for whoever tries the demonstration; 404 everywhere else."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.demo import letters, passing_time
from traitdunion.demo.community.cast import CAST
from traitdunion.demo.registrable import EXAMPLES
from traitdunion.immersions.models import Booking
from traitdunion.notifications import carriers
from traitdunion.notifications.models import Channel

blueprint = Blueprint("demo", __name__)

TIME = Limit("demonstration time", most=30, per=timedelta(minutes=15))
_PAGE = 30
# A letter as a mailbox shows it: its own style, no script, nothing fetched.
_SANDBOX = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@blueprint.get("/demo")
@access.public
def parts() -> ResponseReturnValue:
    """Whom one may be: the address to sign in with, what there is to do, where the code arrives."""
    _channels()
    return _apart(Response(render_template("demo/parts.html", cast=CAST, examples=EXAMPLES)))


@blueprint.get("/demo/temps")
@access.signed_in
def time_page() -> ResponseReturnValue:
    """The visitor's immersions to come, each with a button that makes it a thing of the past."""
    return _time_page(_to_come())


@blueprint.post("/demo/temps")
@access.signed_in
def pass_time() -> ResponseReturnValue:
    """The immersion ended yesterday; what follows arrives in the mail."""
    limits.count(TIME, request.remote_addr)
    coming = _to_come()
    found = next((one for one in coming if str(one.id) == request.form.get("reservation")), None)
    if found is None:  # a second click
        return redirect(url_for("demo.time_page"), 303)
    try:
        passing_time.end(db.session(), found, now=clock.now())
    except Refused as refusal:
        return _time_page(coming, refusal)
    return redirect(url_for("person_space.booking_page", booking_id=found.id), 303)


@blueprint.get("/demo/courrier")
@access.public
def mail() -> ResponseReturnValue:
    """Every e-mail and SMS, the newest first; `pour` narrows to one address, `avant` goes further back."""
    to = request.args.get("pour", "").strip().lower().replace("\x00", "")
    found = letters.newest(
        db.session(), _channels(), to=to or None, before=request.args.get("avant", type=_id), most=_PAGE + 1
    )
    more = found[_PAGE - 1].id if len(found) > _PAGE else None
    return _apart(Response(render_template("demo/mail.html", messages=found[:_PAGE], to=to, more=more)))


@blueprint.get("/demo/courrier/<int:message_id>")
@access.public
def letter(message_id: int) -> ResponseReturnValue:
    """An e-mail as a mailbox shows it."""
    found = letters.find(db.session(), _channels(), _id(message_id))
    if found is None or found.html is None:
        abort(404)
    return _apart(Response(found.html, headers={"Content-Security-Policy": _SANDBOX}))


@blueprint.get("/demo/courrier/<int:message_id>/<int:position>")
@access.public
def attachment(message_id: int, position: int) -> ResponseReturnValue:
    """A file that goes with an e-mail."""
    found = letters.attachment(db.session(), _channels(), _id(message_id), min(position, 2**31 - 1))
    if found is None:
        abort(404)
    answer = Response(found.content, mimetype=found.media_type.partition(";")[0].strip())
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    return _apart(answer)


def _to_come() -> Sequence[Booking]:
    _channels()
    return passing_time.to_come(db.session(), access.the_visitor().person_id, today=clock.today())


def _time_page(coming: Sequence[Booking], refusal: Refused | None = None) -> Response:
    page = render_template("demo/time.html", bookings=coming, refusal=refusal)
    return _apart(Response(page, status=409 if refusal else 200))


def _channels() -> Collection[Channel]:
    return carriers.kept(db.session()) or abort(404)


def _apart(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


def _id(typed: str | int) -> int:
    return min(max(int(typed), 0), db.LARGEST_ID)
