"""What a prescriber changes in an agreement: an address, the text, the days once more, the organisation."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.agreements import agreements, changes, lifecycle, renewals, transfers
from traitdunion.agreements.kinds import Actor, PartyRole
from traitdunion.agreements.models import Agreement
from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.forms import Form
from traitdunion.prescribers import organisations
from traitdunion.prescribers.kinds import OrganisationState
from traitdunion.prescribers.models import Prescriber
from traitdunion.spaces.prescriber import entering
from traitdunion.spaces.prescriber.agreement_forms import AddressForm, RenewalForm, TermsForm, TransferForm

blueprint = Blueprint(
    "prescriber_agreement_changes", __name__, url_prefix="/prescripteur/<int:organisation_id>/conventions"
)

_CHANGES = "<any(adresse, texte, renouvellement, organisme):what>"
_HEADINGS = {
    "adresse": "Corriger une adresse",
    "texte": "Modifier la convention",
    "renouvellement": "Renouveler l’immersion",
    "organisme": "Confier à un autre organisme",
}


@blueprint.get(f"/<int:agreement_id>/{_CHANGES}")
@access.signed_in
def change_page(organisation_id: int, agreement_id: int, what: str) -> ResponseReturnValue:
    """What is to change, and what becomes of the signatures."""
    prescriber, agreement = entering.agreement(organisation_id, agreement_id)
    return _page(prescriber, agreement, what, _form(db.session(), agreement, what))


@blueprint.post(f"/<int:agreement_id>/{_CHANGES}")
@access.signed_in
def change(organisation_id: int, agreement_id: int, what: str) -> ResponseReturnValue:
    """Changes it, and tells the parties."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, agreement) = db.session(), entering.agreement(organisation_id, agreement_id)
    form = _form(session, agreement, what, is_posted=True)
    if not form.validate():
        return _page(prescriber, agreement, what, form), 422
    try:
        locked = lifecycle.lock(session, agreement_id, seen=entering.seen())
        told = _DO[what](session, locked, form, prescriber)
    except Refused as refusal:
        session.rollback()
        prescriber, agreement = entering.agreement(organisation_id, agreement_id)
        return _page(prescriber, agreement, what, form, refusal), 409
    flash(told)
    if what == "organisme":
        return redirect(url_for("prescriber_agreements.queue_page", organisation_id=organisation_id), 303)
    where = url_for("prescriber_agreements.agreement_page", organisation_id=organisation_id, agreement_id=agreement_id)
    return redirect(where, 303)


def _correct(session: Session, agreement: Agreement, form: Form, by: Prescriber) -> str:
    role = PartyRole(form["partie"].data)
    known = agreements.party(agreement, role)
    changes.correct_address(
        session,
        agreement,
        role,
        email=form["email"].data or (known.email if known else None),
        phone=form["telephone"].data or (known.phone if known else None),
        actor=Actor.VALIDATOR,
        by=by.person_id,
        now=clock.now(),
    )
    return "L’adresse est corrigée. Les signatures sont gardées."


def _rewrite(session: Session, agreement: Agreement, form: Form, by: Prescriber) -> str:
    assert isinstance(form, TermsForm)  # noqa: S101 — narrows the type; `_form` made it
    terms = form.terms(agreements.terms_of(agreement))
    found = changes.change(session, agreement, terms, actor=Actor.VALIDATOR, by=by.person_id, now=clock.now())
    if not found:
        return "Rien n’a changé."
    if any(one.is_material for one in found):
        return "La convention est modifiée. Chacun est prévenu, et la signe de nouveau."
    return "La convention est corrigée. Les signatures sont gardées."


def _renew(session: Session, agreement: Agreement, form: Form, by: Prescriber) -> str:
    assert isinstance(form, RenewalForm)  # noqa: S101 — narrows the type; `_form` made it
    renewals.renew(
        session,
        agreement,
        form.days(agreements.terms_of(agreement)),
        why=form.mot.data or "",
        actor=Actor.VALIDATOR,
        by=by.person_id,
        now=clock.now(),
    )
    return "Le renouvellement est prêt. Chacun est prévenu pour le signer."


def _transfer(session: Session, agreement: Agreement, form: Form, by: Prescriber) -> str:
    to = organisations.get(session, form["organisme"].data) or abort(404)
    transfers.transfer(
        session, agreement, to, word=form["mot"].data or "", actor=Actor.VALIDATOR, by=by.person_id, now=clock.now()
    )
    return "La convention est confiée à cet organisme, qui est prévenu avec votre mot."


_DO: dict[str, Callable[[Session, Agreement, Form, Prescriber], str]] = {
    "adresse": _correct,
    "texte": _rewrite,
    "renouvellement": _renew,
    "organisme": _transfer,
}


def _form(session: Session, agreement: Agreement, what: str, *, is_posted: bool = False) -> Form:
    posted, terms = request.form if is_posted else None, agreements.terms_of(agreement)
    if what == "adresse":
        return AddressForm(posted, agreement=agreement)
    if what == "texte":
        return TermsForm(posted, data=TermsForm.of(terms))
    if what == "renouvellement":
        return RenewalForm(posted, data=RenewalForm.of(terms))
    others = [
        one
        for one in organisations.listed(session, state=OrganisationState.ACTIVE)
        if one.id != agreement.organisation_id
    ]
    return TransferForm(posted, organisations=others)


def _page(prescriber: Prescriber, agreement: Agreement, what: str, form: Form, refusal: Refused | None = None) -> str:
    return render_template(
        "spaces/prescriber/agreement_change.html",
        prescriber=prescriber,
        agreement=agreement,
        terms=agreements.terms_of(agreement),
        what=what,
        heading=_HEADINGS[what],
        form=form,
        refusal=refusal,
    )
