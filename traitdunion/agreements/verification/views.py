"""The public page that verifies a document; what it says of one, it says to whoever holds it."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from traitdunion.agreements.document import documents, words
from traitdunion.agreements.verification import verifying
from traitdunion.agreements.verification.forms import MOST_BYTES, CodeForm, FileForm
from traitdunion.agreements.verification.verifying import Verdict
from traitdunion.core import access, db, limits
from traitdunion.core.limits import Limit

blueprint = Blueprint("agreement_verification", __name__, url_prefix=documents.VERIFICATION)

VERIFY = Limit("agreements verified", most=60, per=timedelta(minutes=15))
"""Fifty bits of code and a name: nobody finds them at this pace."""


@blueprint.get("")
@access.public
def form_page() -> ResponseReturnValue:
    """Asks for the code and a name, or for the file; the QR code of a document fills the code in."""
    return _page(CodeForm(data={"code": request.args.get("code", "")[:40]}), FileForm())


@blueprint.post("")
@access.public
def by_code() -> ResponseReturnValue:
    """Says whether there is such a document, and who signed it, by role and instant."""
    limits.count(VERIFY, request.remote_addr)
    form = CodeForm(request.form)
    if not form.validate():
        return _page(form, FileForm()), 422
    verdict = verifying.by_code(db.session(), form.code.data or "", family_name=form.nom.data or "")
    return _page(form, FileForm(), verdict)


@blueprint.post("/fichier")
@access.public
def by_file() -> ResponseReturnValue:
    """Says whether the file is one that we made, to the byte; it is not kept."""
    limits.count(VERIFY, request.remote_addr)
    form, sent = FileForm(), request.files.get("fichier")
    content = sent.stream.read(MOST_BYTES + 1) if sent and sent.filename else b""
    if not content or len(content) > MOST_BYTES:
        told = "Ce fichier est trop lourd\u00a0: 2\u00a0Mo au plus." if content else "Choisissez le fichier PDF."
        form.fichier.errors = [told]
        return _page(CodeForm(), form), 422
    return _page(CodeForm(), form, verifying.by_file(db.session(), content), is_file=True)


def _page(code: CodeForm, file: FileForm, verdict: Verdict | None = None, *, is_file: bool = False) -> str:
    return render_template(
        "agreements/verification.html",
        code=code,
        file=file,
        verdict=verdict,
        is_file=is_file,
        instant=words.instant,
    )
