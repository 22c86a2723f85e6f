"""What is written is LHEO: our importer reads the same again, and the published schema finds nothing to say."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from tests.demo.samples import REGION, TODAY, TOWNS
from traitdunion.demo import invented_trainings, inventory, lheo_writing
from traitdunion.trainings.drafts import ActionDraft, OrganisationDraft, SessionDraft, TrainingDraft
from traitdunion.trainings.formats import lheo


@pytest.fixture(scope="module")
def trainings() -> list[TrainingDraft]:
    """Those of the demonstration."""
    return invented_trainings.invent(inventory.read(), TOWNS, region=REGION, today=TODAY)


class TestWrite:
    def test_is_read_again_without_loss(self, trainings: list[TrainingDraft]) -> None:
        found = [draft for _, draft in lheo.read(io.BytesIO(lheo_writing.write(trainings)))]

        assert found == trainings

    def test_keeps_signs_that_XML_uses(self, trainings: list[TrainingDraft]) -> None:  # noqa: N802
        odd = replace(trainings[0], title="Vente & conseil <été>")

        found = [draft for _, draft in lheo.read(io.BytesIO(lheo_writing.write([odd])))]

        assert found == [odd]

    def test_needs_little(self) -> None:
        bare = TrainingDraft(
            source_id="1",
            title="Soudeur",
            organisation=OrganisationDraft(name="Ici"),
            actions=(ActionDraft(source_id="1-A", sessions=(SessionDraft(source_id="1-A-1"),)),),
        )

        ((_, found),) = lheo.read(io.BytesIO(lheo_writing.write([bare])))

        assert isinstance(found, TrainingDraft)
        assert (found.title, found.entry_level, found.actions[0].sessions[0].starts_on) == ("Soudeur", 0, None)

    @pytest.mark.real_data
    def test_meets_the_schema(self, trainings: list[TrainingDraft], real_data: Path) -> None:
        schema = etree.XMLSchema(etree.parse(real_data / "trainings" / "lheo" / "lheo-dora.xsd"))

        schema.assertValid(etree.fromstring(lheo_writing.write(trainings)))
