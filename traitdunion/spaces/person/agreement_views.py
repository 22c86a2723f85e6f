"""`/mon-espace/conventions`: the person completes an agreement and follows it, or completes it by a message's link."""

from datetime import timedelta
from typing import cast

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.agreements import agreements, letters
from traitdunion.agreements.kinds import Status
from traitdunion.agreements.models import Agreement
from traitdunion.core import access, db, limits, tokens
from traitdunion.core.limits import Limit
from traitdunion.spaces.person import agreement_pages, agreement_steps
from traitdunion.spaces.person.agreement_pages import Door

blueprint = Blueprint("person_agreements", __name__, url_prefix="/mon-espace/conventions")
link_blueprint = Blueprint("agreement_drafts", __name__, url_prefix="/conventions/brouillon")

SAVE = Limit("agreement steps saved", most=600, per=timedelta(minutes=15))
"""What is typed is saved as one goes; a workshop shares a network."""
VALID = timedelta(days=30)
"""As long as a draft lives."""

_STEP = f"<any({agreement_steps.WORDS}):word>"


@blueprint.get("/<int:agreement_id>")
@access.signed_in
def overview(agreement_id: int) -> ResponseReturnValue:
    """What is missing, then who has yet to sign."""
    return agreement_pages.show(_mine(agreement_id))


@blueprint.get(f"/<int:agreement_id>/{_STEP}")
@access.signed_in
def step(agreement_id: int, word: str) -> ResponseReturnValue:
    """One page of questions."""
    return agreement_pages.show_step(_mine(agreement_id), word)


@blueprint.post(f"/<int:agreement_id>/{_STEP}")
@access.signed_in
def save(agreement_id: int, word: str) -> ResponseReturnValue:
    """Keeps the step."""
    limits.count(SAVE, request.remote_addr)
    return agreement_pages.save_step(_mine(agreement_id), word)


@blueprint.post("/<int:agreement_id>/signer")
@access.signed_in
def submit(agreement_id: int) -> ResponseReturnValue:
    """The draft is complete: the parties sign."""
    limits.count(SAVE, request.remote_addr)
    return agreement_pages.submit(_mine(agreement_id))


@link_blueprint.get("/<token>", endpoint="overview")
@access.by_link
def overview_by_link(token: str) -> ResponseReturnValue:
    """What is missing: one goes on where one stopped, without signing in."""
    found = _agreement(token)
    if found.status == Status.DRAFT:
        return agreement_pages.show(Door(agreement=found, token=token, by=None))
    # Once it is out to be signed, only the account opens it.
    awaits_signatures = found.status in {Status.READY_TO_SIGN, Status.PARTIALLY_SIGNED}
    label = Status(found.status).label
    return render_template(
        "spaces/person/agreement_sent.html", agreement=found, label=label, awaits_signatures=awaits_signatures
    )


@link_blueprint.get(f"/<token>/{_STEP}", endpoint="step")
@access.by_link
def step_by_link(token: str, word: str) -> ResponseReturnValue:
    """One page of questions."""
    door = _by_link(token)
    return agreement_pages.show_step(door, word) if isinstance(door, Door) else door


@link_blueprint.post(f"/<token>/{_STEP}", endpoint="save")
@access.by_link
def save_by_link(token: str, word: str) -> ResponseReturnValue:
    """Keeps the step."""
    limits.count(SAVE, request.remote_addr)
    door = _by_link(token)
    return agreement_pages.save_step(door, word) if isinstance(door, Door) else door


@link_blueprint.post("/<token>/signer", endpoint="submit")
@access.by_link
def submit_by_link(token: str) -> ResponseReturnValue:
    """The draft is complete: the parties sign."""
    limits.count(SAVE, request.remote_addr)
    door = _by_link(token)
    return agreement_pages.submit(door) if isinstance(door, Door) else door


def _mine(agreement_id: int) -> Door:
    """My agreement; another's is answered as one that does not exist."""
    person_id = access.the_visitor().person_id
    found = agreements.get(db.session(), agreement_id)
    if found is None or found.person_id != person_id:
        abort(404)
    return Door(agreement=found, token=None, by=person_id)


def _by_link(token: str) -> Door | ResponseReturnValue:
    """The draft whose link it is; once it is out to be signed, there is nothing to fill in."""
    found = _agreement(token)
    if found.status != Status.DRAFT:
        return redirect(url_for("agreement_drafts.overview", token=token), 303)
    return Door(agreement=found, token=token, by=None)


def _agreement(token: str) -> Agreement:
    """The agreement whose link it is."""
    try:
        (agreement_id,) = cast(list[int], tokens.read(letters.DRAFT, token, VALID))
    except tokens.TokenRefused:
        abort(404)
    return agreements.get(db.session(), agreement_id) or abort(404)
