"""LHEO: the full form and the index form, and files made to do harm."""

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainings import samples
from traitdunion.trainings.drafts import (
    Contact,
    CutShort,
    Enrolment,
    Mode,
    NotTrainings,
    OrganisationDraft,
    Reading,
    Refusal,
    TrainingDraft,
)
from traitdunion.trainings.formats import Format, lheo
from traitdunion.trainings.levels import Level

INDEX = """
<lheo-index xmlns="http://www.lheo.org/2.2"><resumes-offres>
{offers}
<extras info="FLUX-CARIF"><extra info="nb-resultat">2</extra></extras>
</resumes-offres></lheo-index>
"""
OFFER = """
<resume-offre numero="14_AF_1_SE_{session}">
  <domaine-formation><code-FORMACODE>42602</code-FORMACODE><code-ROME>G1201</code-ROME></domaine-formation>
  <intitule-formation>
    Accompagnateur de tourisme
  </intitule-formation>
  <nom-organisme numero="14_OF_1">GRETA de test</nom-organisme><SIRET>19750707200027</SIRET>
  <codepostal>57000</codepostal><code-INSEE-commune>57463</code-INSEE-commune><ville>Metz</ville>
  <code-niveau-entree>5</code-niveau-entree><modalites-enseignement>0</modalites-enseignement>
  <nombre-heures-total>686</nombre-heures-total>
  <session><periode><debut>{starts}</debut><fin>20180300</fin></periode></session>
  <certification><code-RNCP>17793</code-RNCP></certification>
  <extras info="geolocalisation"><extra info="latitude">49.11</extra><extra info="longitude">6.18</extra></extras>
  <extras info="complements"><extra info="code-niveau-sortie">6</extra></extras>
</resume-offre>
"""


def read(content: bytes) -> Iterator[Reading]:
    """The readings, lazily: what comes before a trouble is there."""
    return lheo.read(io.BytesIO(content))


class TestFullForm:
    def test_gives_the_training_whole(self) -> None:
        (draft,) = samples.drafts(samples.lheo(samples.training()))

        assert draft.source_id == "F1"
        assert draft.title == "CAP boulanger"
        assert draft.objective == "Pétrir, façonner, cuire."
        assert draft.results is None
        assert draft.rome_codes == ("D1102",)
        assert draft.formacodes == ("21538",)
        assert draft.certifications == ("RNCP37537", "CERTIFINFO:113467")
        assert (draft.entry_level, draft.exit_level) == (Level.CAP, Level.CAP)
        assert draft.is_entry_level_required
        assert draft.is_certifying
        assert draft.aim == 6
        assert draft.url == "https://www.exemple.fr/boulanger"
        assert draft.organisation == OrganisationDraft(siret="19750707200027", name="Chambre de test")
        assert draft.is_whole

    def test_gives_its_action(self) -> None:
        (draft,) = samples.drafts(samples.lheo(samples.training()))

        (action,) = draft.actions
        assert action.source_id == "A1"
        assert action.place.name == "CFA du Test"
        assert action.place.lines == ("1 rue des Fours",)
        assert (action.place.latitude, action.place.longitude) == (49.11, 6.18)
        assert action.mode == Mode.ON_SITE
        assert action.price == Decimal("1500.50")
        assert (action.hours, action.hours_in_company) == (700, 140)
        assert (action.funders, action.funded_seats) == ((2,), 12)
        assert action.audiences == ("81050",)
        assert action.contact == Contact(
            name="Madame Zoé Martin", phone="03 87 00 00 00", email="zoe.martin@exemple.fr"
        )

    def test_gives_its_sessions(self) -> None:
        (draft,) = samples.drafts(samples.lheo(samples.training()))

        (session,) = draft.actions[0].sessions
        assert (session.starts_on, session.ends_on) == (date(2027, 1, 4), date(2027, 6, 30))
        assert (session.opens_on, session.closes_on) == (None, date(2026, 12, 15))
        assert session.enrolment == Enrolment.OPEN
        assert not session.is_permanent
        assert session.address == "57000 Metz"

    @pytest.mark.parametrize(
        "namespace",
        ["", ' xmlns="http://www.lheo.org/2.2"', ' xmlns="urn:other"', ' xmlns:lheo="http://lheo.gouv.fr/2.3"'],
    )
    def test_reads_alike_in_any_namespace(self, namespace: str) -> None:
        in_ours = samples.drafts(samples.lheo(samples.training()))

        assert samples.drafts(samples.lheo(samples.training(), namespace=namespace)) == in_ours

    def test_reads_prefixed_elements(self) -> None:
        content = (
            b'<l:lheo xmlns:l="u"><l:offres><l:formation><l:intitule-formation>A</l:intitule-formation></l:formation>'
        )

        (_, draft) = next(read(content))

        assert isinstance(draft, TrainingDraft)
        assert draft.title == "A"

    def test_says_permanent_entries(self) -> None:
        (draft,) = samples.drafts(samples.lheo(samples.training(permanent="1")))

        assert draft.actions[0].is_permanent
        assert draft.actions[0].sessions[0].is_permanent

    @pytest.mark.parametrize("unknown", ["00000000", "99999999", "20170900"])
    def test_knows_no_unknown_day(self, unknown: str) -> None:
        session = samples.session(starts=unknown, closes=unknown)

        (draft,) = samples.drafts(samples.lheo(samples.training("F1", session)))

        assert draft.actions[0].sessions[0].starts_on is None
        assert draft.actions[0].sessions[0].closes_on is None

    def test_closes_a_session_that_its_catalogue_calls_out_of_date(self) -> None:
        over = '<extras info="session-perimee"><extra info="session-perimee">1</extra></extras></session>'
        session = samples.session().replace("</session>", over)

        (draft,) = samples.drafts(samples.lheo(samples.training("F1", session)))

        assert draft.actions[0].sessions[0].enrolment == Enrolment.CLOSED

    def test_refuses_a_training_without_title_and_keeps_it_with_its_line(self) -> None:
        content = samples.lheo(samples.training(), "\n<formation numero='F2'/>\n", samples.training("F3"))

        ((line, refusal),) = samples.refusals(content)

        assert refusal.reason == "la formation n’a pas d’intitulé"
        assert b"F2" in refusal.raw
        assert content.split(b"\n")[line - 1] == b"<formation numero='F2'/>"
        assert [draft.source_id for draft in samples.drafts(content)] == ["F1", "F3"]

    def test_reads_what_it_refused_again(self) -> None:
        ((_, refusal),) = samples.refusals(samples.lheo("<formation numero='F2'><code-niveau-entree/></formation>"))

        assert [each.reason for _, each in samples.refusals(refusal.raw)] == [refusal.reason]


class TestIndexForm:
    def test_makes_one_training_of_the_sessions_of_an_action(self) -> None:
        offers = OFFER.format(session=1, starts="20270104") + OFFER.format(session=2, starts="20170900")

        first, second = samples.drafts(INDEX.format(offers=offers).encode())

        assert first.source_id == second.source_id == "14_AF_1"
        assert not first.is_whole
        assert first.title == "Accompagnateur de tourisme"
        assert (first.entry_level, first.exit_level) == (Level.BAC, Level.BAC_2)
        assert first.actions[0].place.latitude == 49.11
        assert first.actions[0].sessions[0].source_id == "14_AF_1_SE_1"
        assert first.actions[0].sessions[0].starts_on == date(2027, 1, 4)
        assert second.actions[0].sessions[0].starts_on is None
        assert second.actions[0].sessions[0].ends_on is None


class TestOtherFiles:
    @pytest.mark.parametrize(
        "content",
        [
            b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="formation"/></xs:schema>',
            b"<html><body>formation</body></html>",
            b"<lheo><offres><formation>",
            b"<lheo><offres><formation><intitule-formation>caf&eacute;",
            b"<",
        ],
    )
    def test_hold_no_training(self, content: bytes) -> None:
        with pytest.raises(NotTrainings):
            list(read(content))

    def test_may_be_an_empty_catalogue(self) -> None:
        assert list(read(b"<lheo><offres/></lheo>")) == []


class TestHarmfulFiles:
    def test_gives_what_stands_before_a_cut(self) -> None:
        whole = samples.lheo(samples.training("F1"), samples.training("F2"), samples.training("F3"))

        found, cut = samples.until_cut(whole[: len(whole) * 5 // 6], Format.LHEO)

        assert [draft.source_id for draft in found if isinstance(draft, TrainingDraft)] == ["F1", "F2"]
        assert cut is not None
        assert cut.line > 100

    @pytest.mark.parametrize("place", ["<intitule-formation>&lol9;</intitule-formation>", "<x y='&lol9;'/>"])
    def test_lets_no_billion_laughs_in(self, place: str) -> None:
        laughs = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
        content = f'<!DOCTYPE lheo [<!ENTITY lol0 "lol">{laughs}]><lheo><formation>{place}</formation></lheo>'

        with pytest.raises(NotTrainings):
            list(read(content.encode()))

    def test_reads_no_other_file(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("secret")
        entities = f'<!ENTITY own "own"><!ENTITY other SYSTEM "{secret.as_uri()}">'
        title = "<intitule-formation>Avant &own;&other; après</intitule-formation>"
        content = f"<!DOCTYPE lheo [{entities}]><lheo><formation>{title}</formation></lheo>"

        (draft,) = samples.drafts(content.encode())

        assert draft.title == "Avant après"

    def test_fetches_no_document_type(self) -> None:
        # The network is closed in tests: an attempt would fail.
        content = samples.lheo(samples.training()).replace(
            b"<lheo", b'<!DOCTYPE lheo SYSTEM "http://lheo.gouv.fr/lheo.dtd"><lheo', 1
        )

        assert len(samples.drafts(content)) == 1

    def test_stops_at_a_record_that_would_fill_the_memory(self) -> None:
        endless = samples.lheo(samples.training(), "<formation>" + "<action/>" * 2_500_000 + "</formation>")

        found, cut = samples.until_cut(endless, Format.LHEO)

        assert len(found) == 1
        assert cut is not None

    @given(content=st.binary(max_size=200), at=st.integers(0, 3000))
    def test_fails_by_name_only(self, content: bytes, at: int) -> None:
        whole = samples.lheo(samples.training(), samples.training("F2"))
        try:
            for line, found in read(whole[:at] + content + whole[at:]):
                assert line > 0
                assert isinstance(found, TrainingDraft | Refusal)
        except (NotTrainings, CutShort):
            pass
