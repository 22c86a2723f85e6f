"""Documents in the background: each one made after what changes it, in a job that may be killed and run again."""

from sqlalchemy.orm import Session

from traitdunion.agreements.document import documents, letters
from traitdunion.agreements.kinds import Status
from traitdunion.agreements.models import Agreement
from traitdunion.core import clock, db, jobs

QUEUE = "agreements"


def order(session: Session, agreement: Agreement) -> None:
    """The document as it will be once this transaction is committed; `lifecycle` orders one after each act."""
    jobs.defer(session, make, {"agreement_id": agreement.id}, key=f"agreement-document:{agreement.id}")


@jobs.task(queue=QUEUE)
def make(agreement_id: int) -> None:
    """Makes the document and keeps its hash; once validated, sends it to all parties. A second run changes nothing."""
    now = clock.now()
    with db.transaction() as session:
        agreement = session.get(Agreement, agreement_id)
        if agreement is None:
            return
        content = documents.keep(session, agreement, now=now)
        if Status(agreement.status).is_validated:
            letters.send(session, agreement, content, now=now)
