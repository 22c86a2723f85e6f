"""What a training is known by, and rows that are the same when their training is."""

from dataclasses import replace
from datetime import date

from tests.trainings.samples import COMMUNES
from traitdunion.trainings import rows
from traitdunion.trainings.drafts import ActionDraft, Address, OrganisationDraft, SessionDraft, TrainingDraft
from traitdunion.trainings.placing import Placer

METZ = ActionDraft(place=Address(city="Metz"), sessions=(SessionDraft(starts_on=date(2027, 1, 4)),))
AFPA = OrganisationDraft(siret="19750707200027", name="AFPA de test")
WITHOUT_ID = TrainingDraft(title="CAP boulanger", organisation=AFPA, actions=(METZ,))


def rows_of(*drafts: TrainingDraft) -> rows.Rows:
    """The rows of a batch."""
    made = rows.Rows(Placer(COMMUNES))
    made.add(drafts)
    return made


class TestTrainingKey:
    def test_is_the_publishers(self) -> None:
        assert rows.training_key(replace(WITHOUT_ID, source_id="F1")) == "F1"

    def test_is_worked_out_of_organisation_and_title_without_it(self) -> None:
        key = rows.training_key(WITHOUT_ID)

        assert key == rows.training_key(replace(WITHOUT_ID, title="Cap Boulanger", actions=()))
        assert key != rows.training_key(replace(WITHOUT_ID, title="CAP pâtissier"))
        assert key != rows.training_key(replace(WITHOUT_ID, organisation=OrganisationDraft(name="Autre")))

    def test_is_worked_out_of_the_place_where_nobody_answers_for_it(self) -> None:
        nobody = replace(WITHOUT_ID, organisation=None)
        elsewhere = replace(nobody, actions=(ActionDraft(place=Address(city="Nancy")),))

        assert rows.training_key(nobody) != rows.training_key(elsewhere)


class TestRows:
    def test_are_the_same_for_the_same_training(self) -> None:
        first, second = rows_of(WITHOUT_ID), rows_of(WITHOUT_ID)

        assert (first.trainings, first.actions, first.sessions) == (second.trainings, second.actions, second.sessions)

    def test_have_another_hash_when_a_word_changes(self) -> None:
        before, after = rows_of(WITHOUT_ID), rows_of(replace(WITHOUT_ID, content="Le pain"))

        assert before.trainings[0][-1] != after.trainings[0][-1]
        assert before.actions == after.actions

    def test_tell_places_and_days_apart_without_identifiers(self) -> None:
        later = replace(METZ, sessions=(SessionDraft(starts_on=date(2027, 9, 1)), SessionDraft()))
        elsewhere = replace(METZ, place=Address(city="Thionville"))

        made = rows_of(replace(WITHOUT_ID, actions=(METZ, elsewhere, later)))

        action_keys = [row[2] for row in made.actions]
        assert len(set(action_keys)) == 3
        assert action_keys[2] == f"{action_keys[0]}#2"
        assert [row[2] for row in made.sessions] == ["~2027-01-04", "~2027-01-04", "~2027-09-01", "~unknown"]

    def test_are_searched_by_title_before_all(self) -> None:
        draft = replace(WITHOUT_ID, objective="Boulanger et pâtissier", content="vente")

        (row,) = rows_of(draft).trainings

        vector = str(row[-2])
        assert "boulang:1A" in vector
        assert ":1C" in vector
        assert ":1D" in vector
