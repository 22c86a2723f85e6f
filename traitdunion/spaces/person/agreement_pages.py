"""The pages of a draft, the same for whoever signed in and for whoever holds the link: the door gives the addresses."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.agreements import agreements, changes, drafting, lifecycle
from traitdunion.agreements.document import documents
from traitdunion.agreements.kinds import Act, Actor, PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import letters as signing_letters
from traitdunion.core import clock, db
from traitdunion.core.errors import Refused
from traitdunion.spaces.person import agreement_steps
from traitdunion.spaces.person.agreement_forms import StepForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How a visitor came to an agreement: by their account, or by the link of a message (`token`)."""

    agreement: Agreement
    token: str | None
    by: int | None
    """The account that acts; None by a link."""

    @property
    def fills(self) -> bool:
        """What is typed goes into a draft."""
        return self.agreement.status == Status.DRAFT

    @property
    def corrects(self) -> bool:
        """Out to be signed, or weighed: its beneficiary may still put it right."""
        return self.by is not None and lifecycle.can(self.agreement, Act.CORRECT, actor=Actor.BENEFICIARY)

    def page(self, name: str, word: str | None = None) -> str:
        """The address of another page of the same draft, by the same door; `word` is that of a step."""
        values: dict[str, Any] = {"word": word} if word else {}
        if self.token is not None:
            return url_for(f"agreement_drafts.{name}", token=self.token, **values)
        return url_for(f"person_agreements.{name}", agreement_id=self.agreement.id, **values)


def show(door: Door, *, status: int = 200, refusal: Refused | None = None) -> ResponseReturnValue:
    """Where the agreement stands: what is missing, or who has yet to sign."""
    agreement = door.agreement
    is_draft = door.fills
    me = agreements.party(agreement, PartyRole.BENEFICIARY)
    awaited = [] if is_draft else list(signing_letters.awaited(agreement))
    page = render_template(
        "spaces/person/agreement.html",
        door=door,
        agreement=agreement,
        label=Status(agreement.status).label,
        terms=agreements.terms_of(agreement),
        progress=agreement_steps.progress(db.session(), agreement, today=clock.today()) if is_draft else None,
        code=documents.printed(agreement.code),
        awaited=awaited,
        awaits_signatures=agreement.status in {Status.READY_TO_SIGN, Status.PARTIALLY_SIGNED},
        sign_path=signing_letters.path(me) if me in awaited and door.by is not None else None,
        corrections=agreement_steps.titles_of(agreements.terms_of(agreement)) if door.corrects else {},
        refusal=refusal,
    )
    return page, status


def show_step(
    door: Door, word: str, *, form: StepForm | None = None, status: int = 200, refusal: Refused | None = None
) -> ResponseReturnValue:
    """One page of questions."""
    agreement = door.agreement
    if not door.fills and not door.corrects:
        return redirect(door.page("overview"), 303)
    terms = agreements.terms_of(agreement)
    words = agreement_steps.words_of(terms)
    made = agreement_steps.FORMS[word]
    page = render_template(
        "spaces/person/agreement_step.html",
        door=door,
        agreement=agreement,
        word=word,
        title=agreement_steps.TITLES[word],
        number=words.index(word) + 1 if word in words else len(words),
        count=len(words),
        form=form or made(data=made.of(terms, agreement)),
        refusal=refusal,
    )
    return page, status


def save_step(door: Door, word: str) -> ResponseReturnValue:
    """Keeps what was typed, then asks what is next; while somebody types (`auto`), what is right is kept."""
    session = db.session()
    is_auto = request.form.get("auto") == "1"
    made = agreement_steps.FORMS[word]
    form = made(request.form)
    is_valid = form.validate()
    if not is_valid and not is_auto:
        return show_step(door, word, form=form, status=422)
    if is_auto and not door.fills:
        abort(409)  # a text that is out to be signed changes by the button alone
    try:
        agreement = lifecycle.lock(session, door.agreement.id, seen=_seen())
        if not is_valid:
            form.keep_what_is_right(made.of(agreements.terms_of(agreement), agreement))
        told = (_fill if door.fills else _correct)(door, agreement, form)
    except Refused as refusal:
        session.rollback()
        if is_auto:
            return jsonify(refus=str(refusal)), 409
        return show(door, status=409, refusal=refusal)
    if is_auto:
        return jsonify(vu=agreement.sequence)
    flash(told)
    found = agreement_steps.progress(session, agreement, today=clock.today()) if door.fills else None
    return redirect(door.page("step", word=found.next.word) if found and found.next else door.page("overview"), 303)


def _fill(door: Door, agreement: Agreement, form: StepForm) -> str:
    """Keeps a step of the draft; a draft follows the person's choice of an organisation."""
    session, today = db.session(), clock.today()
    prescribed = drafting.with_prescriber(session, agreement, form.terms(agreements.terms_of(agreement)), today=today)
    terms = drafting.adapted(agreement, prescribed.terms)
    agreement.organisation = prescribed.organisation
    drafting.fill(
        session, agreement, terms, reaches=form.reaches(), actor=Actor.BENEFICIARY, by=door.by, now=clock.now()
    )
    return "C’est enregistré."


def _correct(door: Door, agreement: Agreement, form: StepForm) -> str:
    """Puts right what is out to be signed, and says whether everybody signs again."""
    terms = drafting.adapted(agreement, form.terms(agreements.terms_of(agreement)))
    found = changes.revise(
        db.session(), agreement, terms, form.reaches(), actor=Actor.BENEFICIARY, by=door.by, now=clock.now()
    )
    if not found:
        return "Rien n’a changé."
    if any(one.is_material for one in found):
        return "C’est modifié. Chacun est prévenu, et signe de nouveau."
    return "C’est corrigé. Les signatures sont gardées."


def submit(door: Door) -> ResponseReturnValue:
    """Ready to sign: each party is written to."""
    session = db.session()
    try:
        agreement = lifecycle.lock(session, door.agreement.id, seen=_seen())
        drafting.submit(session, agreement, actor=Actor.BENEFICIARY, by=door.by, now=clock.now())
    except Refused as refusal:
        session.rollback()
        return show(door, status=409, refusal=refusal)
    flash("La convention est prête. Nous avons écrit à chacun pour la signer.")
    return redirect(door.page("overview"), 303)


def _seen() -> int:
    """The count that the page was made with."""
    try:
        return int(request.form.get("vu", ""))
    except ValueError:
        abort(400)
