"""Fetches the official archive and puts it in place."""

import io
from datetime import datetime

from traitdunion.clients.data_gouv import DataGouv
from traitdunion.core import db
from traitdunion.rome import official, reference
from traitdunion.rome.models import RomeImport


def update(dataset_url: str, *, now: datetime) -> list[RomeImport]:
    """The editions put in place, in a transaction of its own, which is open for the writing only.

    Raises `clients` Unavailable or Rejected, or Refused when what came is not a complete release; nothing is changed.
    """
    with DataGouv(dataset_url) as site:
        archive = site.archive()
    release = official.read_archive(io.BytesIO(archive.content), archive.url)
    with db.transaction() as session:
        return reference.replace(session, release, source=archive.url, published_on=archive.published_on, now=now)
