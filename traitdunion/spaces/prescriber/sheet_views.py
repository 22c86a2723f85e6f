"""The sheet of paper of a proposal, for whoever has neither e-mail nor telephone: one page, a plan and a QR code."""

import io

import segno
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db
from traitdunion.notifications import links
from traitdunion.prescribers import referral_letters, referrals, short_codes
from traitdunion.spaces.prescriber import entering, locator

blueprint = Blueprint("prescriber_sheets", __name__)

_SVG = "image/svg+xml"


@blueprint.get("/prescripteur/<int:organisation_id>/propositions/<int:referral_id>/feuille")
@access.signed_in
def sheet(organisation_id: int, referral_id: int) -> ResponseReturnValue:
    """One page to print, in large type and plain French."""
    prescriber, referral = entering.referral(organisation_id, referral_id)
    slots = [choice.slot for choice in referral.choices]
    return render_template(
        "spaces/prescriber/sheet.html",
        prescriber=prescriber,
        referral=referral,
        short_name=referral_letters.short_name(referral.entry.person),
        slots=slots,
        way=locator.way(db.session(), slots[0], referral.entry.person.postcode),
        code=short_codes.written(referral.code),
        address=links.link("referrals.code_page").partition("://")[2],
        can_answer=referral.entry.person.birth_date is not None,
        is_living=referrals.is_living(referral, now=clock.now()),
    )


@blueprint.get("/prescripteur/<int:organisation_id>/propositions/<int:referral_id>/plan.svg")
@access.signed_in
def plan(organisation_id: int, referral_id: int) -> ResponseReturnValue:
    """Where the first slot is."""
    _, referral = entering.referral(organisation_id, referral_id)
    slot, postcode = referral.choices[0].slot, referral.entry.person.postcode
    return Response(locator.draw(db.session(), slot, postcode), mimetype=_SVG)


@blueprint.get("/prescripteur/<int:organisation_id>/propositions/<int:referral_id>/qr.svg")
@access.signed_in
def qr_code(organisation_id: int, referral_id: int) -> ResponseReturnValue:
    """The address that brings the code along: the birth date is still asked, so that a lost sheet opens nothing."""
    _, referral = entering.referral(organisation_id, referral_id)
    address = links.link("referrals.code_page", code=short_codes.written(referral.code))
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", scale=4, border=4, xmldecl=False)
    return Response(drawn.getvalue(), mimetype=_SVG)
