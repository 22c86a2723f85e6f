"""`/prescripteur/…/conventions`: what waits for the organisation, the unusual first; one agreement; its decision."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.agreements import agreements, ending, lifecycle, renewals, reviewing
from traitdunion.agreements.document import documents
from traitdunion.agreements.kinds import Act, Actor, PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import letters as signing_letters
from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.prescribers import delegations
from traitdunion.prescribers.models import Prescriber
from traitdunion.spaces.prescriber import entering
from traitdunion.spaces.prescriber.agreement_forms import AskForm, WordForm

blueprint = Blueprint("prescriber_agreements", __name__, url_prefix="/prescripteur/<int:organisation_id>/conventions")

_ACTS = {act: act.value for act in (Act.CHANGE, Act.CORRECT, Act.TRANSFER, Act.RENEW, Act.REJECT, Act.ASK)}


@blueprint.get("")
@access.signed_in
def queue_page(organisation_id: int) -> ResponseReturnValue:
    """What waits for us, then what waits for others."""
    session, today = db.session(), clock.today()
    prescriber = entering.prescriber(session, organisation_id)
    return render_template(
        "spaces/prescriber/agreements.html",
        prescriber=prescriber,
        standing=delegations.standing(prescriber.organisation, on=today),
        queue=reviewing.queue(session, organisation_id, today=today),
        under_way=reviewing.under_way(session, organisation_id, today=today),
        terms_of=agreements.terms_of,
        statuses={status.value: status.label for status in Status},
    )


@blueprint.get("/<int:agreement_id>")
@access.signed_in
def agreement_page(organisation_id: int, agreement_id: int) -> ResponseReturnValue:
    """The whole text, what is unusual, and what can be done."""
    prescriber, agreement = entering.agreement(organisation_id, agreement_id)
    return _page(db.session(), prescriber, agreement)


@blueprint.post("/<int:agreement_id>/accepter")
@access.signed_in
def accept(organisation_id: int, agreement_id: int) -> ResponseReturnValue:
    """Examines or validates, with an answer to each warning."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, agreement) = db.session(), entering.agreement(organisation_id, agreement_id)
    prefix = "reponse-"
    answers = {name.removeprefix(prefix): word for name, word in request.form.items() if name.startswith(prefix)}
    try:
        accepted = reviewing.accept(
            session, agreement.id, by=prescriber, answers=answers, now=clock.now(), seen=entering.seen()
        )
    except Refused as refusal:
        return _refused(session, prescriber, agreement, refusal, answers=answers)
    is_valid = accepted.status == Status.ACCEPTED_BY_VALIDATOR
    flash("La convention est validée. Chacun la reçoit." if is_valid else "Examinée. Un collègue peut la valider.")
    return _to(organisation_id, agreement_id)


@blueprint.post("/<int:agreement_id>/refuser")
@access.signed_in
def reject(organisation_id: int, agreement_id: int) -> ResponseReturnValue:
    """Refuses before it is validated, cancels after, with a word to everybody."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, agreement) = db.session(), entering.agreement(organisation_id, agreement_id)
    form = WordForm(request.form)
    if not form.validate():
        return _page(session, prescriber, agreement, word_form=form), 422
    act = ending.give_up if Status(agreement.status).is_validated else ending.reject
    try:
        act(
            session,
            agreement.id,
            word=form.mot.data or "",
            actor=Actor.VALIDATOR,
            by=prescriber.person_id,
            now=clock.now(),
            seen=entering.seen(),
        )
    except Refused as refusal:
        return _refused(session, prescriber, agreement, refusal, word_form=form)
    flash("C’est fait. Chacun est prévenu, avec votre mot.")
    return _to(organisation_id, agreement_id)


@blueprint.post("/<int:agreement_id>/demander")
@access.signed_in
def ask(organisation_id: int, agreement_id: int) -> ResponseReturnValue:
    """Asks a party for a precision."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, agreement) = db.session(), entering.agreement(organisation_id, agreement_id)
    form = AskForm(request.form, agreement=agreement)
    if not form.validate():
        return _page(session, prescriber, agreement, ask_form=form), 422
    role = PartyRole(form.partie.data)
    try:
        reviewing.ask(
            session,
            agreement.id,
            role,
            by=prescriber,
            word=form.question.data or "",
            now=clock.now(),
            seen=entering.seen(),
        )
    except Refused as refusal:
        return _refused(session, prescriber, agreement, refusal, ask_form=form)
    flash("Votre question est partie. La réponse arrivera ici.")
    return _to(organisation_id, agreement_id)


def _refused(
    session: Session, prescriber: Prescriber, agreement: Agreement, refusal: Refused, **values: Any
) -> ResponseReturnValue:
    """The page as it is now, with what was typed."""
    organisation_id, agreement_id = agreement.organisation_id, agreement.id
    session.rollback()
    prescriber, agreement = entering.agreement(organisation_id or 0, agreement_id)
    return _page(session, prescriber, agreement, refusal=refusal, **values), 409


def _page(session: Session, prescriber: Prescriber, agreement: Agreement, **values: Any) -> str:
    today, status = clock.today(), Status(agreement.status)
    whole = agreements.get(session, agreement.id) or abort(404)
    actor = Actor.VALIDATOR
    return render_template(
        "spaces/prescriber/agreement.html",
        **{
            "prescriber": prescriber,
            "agreement": whole,
            "status": status,
            "review": reviewing.review(session, whole, today=today),
            "answers": {**reviewing.answered(whole), **values.pop("answers", {})},
            "is_ours": status.value in reviewing.MINE,
            "in_two_steps": prescriber.organisation.validation_steps == 2,
            "standing": delegations.standing(prescriber.organisation, on=today),
            "sheet": documents.sheet_of(whole) if whole.submitted_at else None,
            "terms": agreements.terms_of(whole),
            "awaited": signing_letters.awaited(whole) if whole.submitted_at else (),
            "roles": {role.value: role.label for role in PartyRole},
            "acts": {act.value: act.label for act in Act},
            "can": {word: lifecycle.can(whole, act, actor=actor) for act, word in _ACTS.items()},
            "renewal": renewals.of(session, whole),
            "word_form": WordForm(),
            "ask_form": AskForm(agreement=whole),
            "refusal": None,
            **values,
        },
    )


def _to(organisation_id: int, agreement_id: int) -> ResponseReturnValue:
    where = url_for("prescriber_agreements.agreement_page", organisation_id=organisation_id, agreement_id=agreement_id)
    return redirect(where, 303)
