"""Signing by link: a code to the party's own address, the whole text, one button.

Opening the link sends nothing, shows no text and signs nothing: what scans mail opens links, and people forward them.
"""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.accounts.forms import CodeForm
from traitdunion.agreements import agreements
from traitdunion.agreements.document import documents, words
from traitdunion.agreements.kinds import PartyRole, SignatureChannel, Status
from traitdunion.agreements.models import AgreementParty
from traitdunion.agreements.signing import codes, letters, signatures
from traitdunion.core import access, clock, db, limits, tokens
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit

blueprint = Blueprint("signing", __name__, url_prefix="/conventions/signature")

ASK = Limit("signature codes by network", most=60, per=timedelta(minutes=15))
"""A company's office, a Mission locale's workshop share a network."""
ASK_BY_PARTY = Limit("signature codes by party", most=6, per=timedelta(minutes=30))
"""Nobody's mailbox is flooded."""
SIGN = Limit("signatures by network", most=120, per=timedelta(minutes=15))

_CHANNELS = {channel.value: channel for channel in SignatureChannel}


@blueprint.get("/<token>")
@access.by_link
def sign_page(token: str) -> ResponseReturnValue:
    """What is to be signed, in two lines, and the buttons that send a code; or who signed, and who has yet to."""
    party = _party(token)
    return _sign_page(token, party) if isinstance(party, AgreementParty) else party


@blueprint.post("/<token>")
@access.by_link
def ask_code(token: str) -> ResponseReturnValue:
    """Sends a code to the party's own address."""
    limits.count(ASK, request.remote_addr)
    party = _party(token)
    if not isinstance(party, AgreementParty):
        return party
    channel = _CHANNELS.get(request.form.get("par", ""))
    if _stage(party) != "to_sign" or channel is None:
        return _sign_page(token, party), 409
    limits.count_of(ASK_BY_PARTY, f"party:{party.id}")
    try:
        version = agreements.version_of(party.agreement)
        codes.ask(db.session(), party, version, channel=channel, now=clock.now())
    except codes.NoAddress as refusal:
        return _sign_page(token, party, refusal), 409
    return redirect(url_for("signing.code_page", token=token), 303)


@blueprint.get("/<token>/code")
@access.by_link
def code_page(token: str) -> ResponseReturnValue:
    """Asks for the code."""
    party = _party(token)
    return _code_page(token, party, CodeForm()) if isinstance(party, AgreementParty) else party


@blueprint.post("/<token>/code")
@access.by_link
def read(token: str) -> ResponseReturnValue:
    """Shows the whole text, with the button that signs it, to whoever has the code."""
    limits.count(SIGN, request.remote_addr)
    party, form = _party(token), CodeForm(request.form)
    if not isinstance(party, AgreementParty):
        return party
    if _stage(party) != "to_sign":
        return redirect(url_for("signing.sign_page", token=token), 303)
    if form.validate():
        try:
            asked = codes.check(db.session(), party, form.code.data or "", now=clock.now())
        except codes.CodeRefused as refusal:
            form.code.errors = [str(refusal)]
        else:
            return render_template(
                "agreements/read_and_sign.html",
                sheet=documents.sheet_of(party.agreement),
                party=party,
                role=PartyRole(party.role).label,
                proof=signatures.proof(asked),
                token=token,
            )
    return _code_page(token, party, form), 422


@blueprint.post("/<token>/signer")
@access.by_link
def sign(token: str) -> ResponseReturnValue:
    """Signs what was read, once."""
    limits.count(SIGN, request.remote_addr)
    party, session = _party(token), db.session()
    if not isinstance(party, AgreementParty):
        return party
    if _stage(party) == "signed":  # a second click
        return redirect(url_for("signing.sign_page", token=token), 303)
    try:
        asked = signatures.read_proof(session, party, request.form.get("preuve", ""))
        signatures.sign(session, party, asked, now=clock.now())
    except Refused as refusal:
        return _sign_page(token, party, refusal), 409
    return redirect(url_for("signing.sign_page", token=token), 303)


def _party(token: str) -> AgreementParty | ResponseReturnValue:
    """The party whose link it is; else the page that says why it opens nothing."""
    try:
        return signatures.party_of(db.session(), token)
    except (tokens.TokenRefused, signatures.CannotSign) as refusal:
        return render_template("immersions/said.html", heading="Lien périmé", message=str(refusal)), 410


def _stage(party: AgreementParty) -> str:
    """Where the party is: `not_ready`, `to_sign`, `signed`, or `over`."""
    agreement = party.agreement
    if agreement.status == Status.DRAFT:
        return "not_ready"
    if Status(agreement.status).is_final:
        return "over"
    if signatures.standing(agreement, party) is not None:
        return "signed"
    return "to_sign" if agreement.status in signatures.SIGNABLE else "over"


def _sign_page(token: str, party: AgreementParty, refusal: Refused | None = None) -> str:
    """Of the beneficiary, no more than a forwarded link may show: a given name and an initial."""
    agreement = party.agreement
    terms = agreements.version_of(agreement).terms
    person = terms["beneficiary"]
    signature = signatures.standing(agreement, party)
    return render_template(
        "agreements/sign.html",
        agreement=agreement,
        stage=_stage(party),
        status=Status(agreement.status).label,
        beneficiary=f"{person['given_name']} {person['family_name'][:1]}.",
        host=terms["host"]["name"],
        role=PartyRole(party.role).label,
        ways=codes.ways(party),
        signed_at=words.instant(signature.signed_at) if signature else None,
        others=[PartyRole(other.role).label.lower() for other in letters.awaited(agreement)],
        refusal=refusal,
        token=token,
    )


def _code_page(token: str, party: AgreementParty, form: CodeForm) -> str:
    asked = codes.waiting(db.session(), party.id, now=clock.now())
    return render_template(
        "agreements/sign_code.html", form=form, token=token, masked_address=asked.masked_address if asked else None
    )
