"""JSON: a record a line, an array, or one object; simple records or those of the Intercarif."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainings import samples
from traitdunion.trainings.drafts import NotTrainings, Refusal, TrainingDraft
from traitdunion.trainings.formats import Format
from traitdunion.trainings.levels import Level

SIMPLE = {
    "id": "t-1",
    "title": "CAP boulanger",
    "rome_codes": ["D1102", "nope"],
    "level": "lheo-sortie:4",
    "entry_level": "sans-diplome",
    "commune": "SARREGUEMINES",
    "certification_id": "CERTIFINFO:23160",
    "funders": [2],
}
INTERCARIF: dict[str, Any] = {
    "uid": "07_10",
    "intitule": "Titre professionnel plaquiste",
    "objectif": "Poser des plaques.",
    "codes-formacode": ["22402"],
    "codes-rome-vises": ["F1604"],
    "sessions": [
        {
            "id": "23772429",
            "uida": "07_152199",
            "debut": "2027-05-14",
            "fin": "2027-12-14",
            "nombre-heures-total": "697",
            "localisation": {
                "formation": {"ville": "Metz", "code-postal": "57000", "latitude": "49.1", "longitude": "6.2"}
            },
            "financeurs": [{"code": "2", "places": "5"}],
            "contact": {"tel": "39 36", "url": "http://www.exemple.fr"},
        }
    ],
    "organisme": {"nom": "AFPA de test", "siret": "19750707200027"},
    "code-rncp": "320",
    "niveau-sortie": "4",
    "modalite-enseignement": 0,
    "certifiante": True,
}


def lines(*records: object) -> bytes:
    """A JSONL file; a text stands for itself."""
    return b"".join((each if isinstance(each, str) else json.dumps(each)).encode() + b"\n" for each in records)


class TestSimpleRecords:
    def test_give_a_training_entered_at_any_time(self) -> None:
        (draft,) = samples.drafts(lines(SIMPLE))

        assert (draft.source_id, draft.title) == ("t-1", "CAP boulanger")
        assert draft.rome_codes == ("D1102",)
        assert (draft.entry_level, draft.exit_level) == (Level.NONE, Level.CAP)
        assert draft.certifications == ("CERTIFINFO:23160",)
        assert draft.actions[0].place.city == "SARREGUEMINES"
        assert draft.actions[0].funders == (2,)
        assert draft.actions[0].sessions[0].is_permanent

    @pytest.mark.parametrize(
        ("field", "code", "level"),
        [
            ("entry_level", "5", Level.BAC),  # a LHEO code
            ("level", "5", Level.BAC_2),  # a European number
            ("level", "8", Level.BAC_5),
            ("level", "NIV4", Level.BAC),
            ("level", "9", None),
            ("entry_level", None, None),
        ],
    )
    def test_write_levels_in_several_ways(self, field: str, code: str | None, level: Level | None) -> None:
        (draft,) = samples.drafts(lines({"title": "A", "rome_codes": [], field: code}))

        assert (draft.entry_level if field == "entry_level" else draft.exit_level) == level

    def test_without_funder_or_place_give_a_mere_diploma(self) -> None:
        (draft,) = samples.drafts(lines({"id": "RNCP1", "title": "A", "rome_codes": ["D1102"], "commune": None}))

        assert draft.actions == ()


class TestIntercarifRecords:
    def test_give_a_training_whose_sessions_are_an_action_each(self) -> None:
        (draft,) = samples.drafts(json.dumps(INTERCARIF, indent=2).encode())

        (action,) = draft.actions
        assert (draft.source_id, draft.title) == ("07_10", "Titre professionnel plaquiste")
        assert draft.rome_codes == ("F1604",)
        assert draft.exit_level == Level.CAP
        assert draft.is_whole
        assert (action.source_id, action.funders, action.funded_seats, action.hours) == ("07_152199", (2,), 5, 697)
        assert (action.place.city, action.place.latitude) == ("Metz", 49.1)
        assert action.sessions[0].source_id == "23772429"
        assert action.sessions[0].starts_on == date(2027, 5, 14)


class TestShapesOfFile:
    @pytest.mark.parametrize("indent", [None, 2])
    def test_may_be_an_array(self, indent: int | None) -> None:
        content = json.dumps([SIMPLE, INTERCARIF], indent=indent).encode()

        assert [draft.source_id for draft in samples.drafts(content)] == ["t-1", "07_10"]

    def test_name_the_line_of_each_record_of_an_array(self) -> None:
        content = json.dumps([SIMPLE, {"id": "2", "rome_codes": []}, SIMPLE], indent=2).encode()

        ((line, _),) = samples.refusals(content)

        assert content.split(b"\n")[line] == b'    "id": "2",'

    def test_may_be_windows_1252(self) -> None:
        content = json.dumps({**SIMPLE, "title": "Pâtissier"}, ensure_ascii=False).encode("cp1252")

        assert samples.drafts(content)[0].title == "Pâtissier"

    def test_may_be_larger_than_what_is_read_at_once(self) -> None:
        content = json.dumps([{**SIMPLE, "id": str(number)} for number in range(10_000)]).encode()

        assert [draft.source_id for draft in samples.drafts(content)] == [str(number) for number in range(10_000)]

    @pytest.mark.parametrize("content", [b"[]", b"{}", b"[[[[", b"[1, 2]", b"null", b'[{"title": "A"', b""])
    def test_may_hold_no_training(self, content: bytes) -> None:
        with pytest.raises(NotTrainings):
            samples.readings(content, Format.JSON)

    def test_may_be_something_else_of_any_size(self) -> None:
        offer = {"id": "1", "intitule": "Boulanger", "romeCode": "D1102", "lieuTravail": {"commune": "57463"}}

        with pytest.raises(NotTrainings):
            samples.readings(lines(*[offer] * 500))


class TestRefusals:
    def test_of_broken_lines_keep_them_raw(self) -> None:
        found = samples.refusals(lines(SIMPLE, '{"id": "2", "title": "Coup', SIMPLE, "[" * 5000))

        assert [(line, refusal.reason) for line, refusal in found] == [
            (2, "ce n’est pas du JSON complet"),
            (4, "ce n’est pas du JSON complet"),
        ]
        assert found[0][1].raw == b'{"id": "2", "title": "Coup'

    def test_at_the_beginning_come_out_once_a_training_was_seen(self) -> None:
        found = samples.readings(lines('{"id": 1', {"other": 1}, SIMPLE))

        assert [type(each) for _, each in found] == [Refusal, Refusal, TrainingDraft]

    def test_of_a_line_of_50_megabytes_keep_it_whole(self) -> None:
        content = lines(SIMPLE, '{"title": "' + "x" * 50_000_000, SIMPLE)

        ((line, refusal),) = samples.refusals(content)

        assert (line, len(refusal.raw)) == (2, 50_000_011)

    def test_of_a_cut_array_keep_what_came_before(self) -> None:
        content = json.dumps([SIMPLE, SIMPLE, SIMPLE]).encode()[:-50]

        found, cut = samples.until_cut(content, Format.JSON)

        assert [type(each) for each in found] == [TrainingDraft, TrainingDraft, Refusal]
        assert cut is not None
        assert cut.line == 1

    @given(content=st.binary(max_size=300))
    def test_are_the_only_failures_of_lines(self, content: bytes) -> None:
        for line, _ in samples.readings(lines(SIMPLE) + content, Format.JSON):
            assert line > 0

    @given(
        record=st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from([*SIMPLE, *INTERCARIF, "code", "places", "formation"]), inner, max_size=12
                )
            ),
            max_leaves=20,
        ),
        is_intercarif=st.booleans(),
    )
    def test_are_the_only_failures_of_records(self, record: object, is_intercarif: bool) -> None:
        fields = record if isinstance(record, dict) else {"description": record, "financeurs": record}
        shape = {"intitule": "A", "sessions": [fields, record]} if is_intercarif else {"title": "A", "rome_codes": []}
        fields.pop("intitule", None)

        (draft,) = samples.drafts(json.dumps({**fields, **shape}).encode(), Format.JSON)

        assert draft.title == "A"
