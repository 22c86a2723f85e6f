"""Background work on the reference."""

import structlog
from flask import current_app

from traitdunion.clients.http import Rejected, Unavailable
from traitdunion.core import clock, db
from traitdunion.core.errors import Refused
from traitdunion.core.jobs import task
from traitdunion.rome import reference, updating

_log = structlog.get_logger()


@task(queue="reference")
def update_if_missing() -> None:
    """Fetches the official reference once, after the first start; a machine without network stays with the facts."""
    with db.transaction() as session:
        if reference.has_official(session):
            return
    try:
        editions = updating.update(current_app.config["ROME_DATASET_URL"], now=clock.now())
    except (Refused, Rejected, Unavailable) as trouble:
        # Not raised: it would be tried again for an hour and end as a failed job, where an operator has nothing to do.
        _log.warning("rome not updated", reason=str(trouble))
    else:
        _log.info("rome updated", editions=[edition.edition for edition in editions])
