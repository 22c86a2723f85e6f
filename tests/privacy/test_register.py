"""The register says what the tables declare, no more, no less."""

from dataclasses import FrozenInstanceError, replace

import pytest
from sqlalchemy import MetaData, Table

from traitdunion import features
from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData
from traitdunion.privacy import register
from traitdunion.privacy.register import Line, Undeclared

ANSWERS = PersonalData(
    purpose="Vous répondre.", kept_for="12 mois", then=Fate.ERASED, legal_basis=LegalBasis.PUBLIC_TASK
)


def tables(**declared: object) -> MetaData:
    """A schema whose tables declare what is given."""
    metadata = MetaData()
    for name, personal in declared.items():
        Table(name, metadata, info={"personal": personal})
    return metadata


class TestLines:
    def test_say_what_a_table_declares(self) -> None:
        assert register.lines(tables(messages=ANSWERS)) == (
            Line(
                tables=("messages",),
                purpose="Vous répondre.",
                kept_for="12 mois",
                then="effacé",
                legal_basis="mission d’intérêt public",
            ),
        )

    def test_leave_out_a_table_that_holds_none(self) -> None:
        assert register.lines(tables(communes=None)) == ()

    def test_gather_the_tables_that_declare_the_same(self) -> None:
        other = replace(ANSWERS, kept_for="1 mois")

        found = register.lines(tables(zebras=ANSWERS, letters=other, answers=ANSWERS))

        assert [line.tables for line in found] == [("answers", "zebras"), ("letters",)]

    def test_refuse_a_table_that_is_silent(self) -> None:
        metadata = tables(messages=ANSWERS)
        Table("silent", metadata)

        with pytest.raises(Undeclared, match="silent"):
            register.lines(metadata)

    def test_cannot_be_changed(self) -> None:
        (line,) = register.lines(tables(messages=ANSWERS))

        with pytest.raises(FrozenInstanceError):
            line.purpose = "Autre chose."  # type: ignore[misc]

    def test_name_every_table_of_ours_that_holds_personal_data(self) -> None:
        assert features.MODELS
        declaring = {name for name, table in Base.metadata.tables.items() if table.info["personal"] is not None}

        found = [name for line in register.lines(Base.metadata) for name in line.tables]

        assert {"contact_messages", "offers", "rate_limits", "training_actions"} <= declaring
        assert sorted(found) == sorted(declaring)
        assert all(line.purpose.endswith(".") and line.kept_for for line in register.lines(Base.metadata))
