"""The fake register of companies obeys what the real one publishes, through the real client."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from traitdunion.clients.http import Patience
from traitdunion.clients.recherche_entreprises import RechercheEntreprises, Unavailable
from traitdunion.companies import siret as sirets
from traitdunion.demo import registrable
from traitdunion.demo.company_register import FakeCompanyRegister, Known
from traitdunion.demo.faults import Fault, Kind
from traitdunion.demo.registrable import EXAMPLES, SILENT
from traitdunion.demo.serving import serve

OPEN = Known(
    siret=EXAMPLES[0].siret,
    name="Menuiserie Bréval",
    legal_name="MENUISERIE BRÉVAL",
    naf="43.32A",
    street="12 rue du Four",
    postcode="57000",
    commune_code="57463",
    city="Metz",
    latitude=49.1193,
    longitude=6.1757,
)
CLOSED = replace(OPEN, siret=EXAMPLES[2].siret, is_open=False)


@pytest.fixture
def fake() -> FakeCompanyRegister:
    return FakeCompanyRegister((OPEN, CLOSED), silent=(SILENT.siret,), clock=lambda: 1_000.0)


@pytest.fixture
def address(fake: FakeCompanyRegister) -> Iterator[str]:
    with serve(fake) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[RechercheEntreprises]:
    hurried = Patience(connect=1, read=0.3, attempts=2, longest_wait=2)
    with RechercheEntreprises(address, pace=lambda: None, patience=hurried, sleep=lambda _seconds: None) as built:
        yield built


class TestFakeCompanyRegister:
    def test_shows_what_it_knows(self, client: RechercheEntreprises) -> None:
        found = client.find(OPEN.siret)

        assert found is not None
        assert (found.name, found.legal_name, found.is_open) == ("Menuiserie Bréval", "MENUISERIE BRÉVAL", True)
        assert (found.address, found.postcode, found.city) == ("12 rue du Four", "57000", "Metz")
        assert (found.latitude, found.longitude, found.naf) == (49.1193, 6.1757, "43.32A")

    def test_says_what_closed_and_does_not_show_the_rest(self, client: RechercheEntreprises) -> None:
        closed = client.find(CLOSED.siret)

        assert closed is not None
        assert not closed.is_open
        assert client.find(EXAMPLES[3].siret) is None

    def test_never_answers_about_some(self, client: RechercheEntreprises) -> None:
        with pytest.raises(Unavailable, match="503"):
            client.find(SILENT.siret)

    def test_takes_seven_calls_a_second(self, address: str) -> None:
        told = [requests.get(f"{address}/search?q={OPEN.siret}", timeout=5) for _ in range(8)]

        assert [answer.status_code for answer in told] == [200] * 7 + [429]
        assert told[-1].headers["Retry-After"] == "1"

    def test_refuses_too_short_a_question(self, address: str) -> None:
        assert requests.get(f"{address}/search?q=ab", timeout=5).status_code == 400

    @pytest.mark.parametrize("kind", [Kind.TOO_MANY, Kind.ERROR, Kind.CUT, Kind.TRUNCATED, Kind.SLOW])
    def test_fails_on_demand_and_recovers(
        self, client: RechercheEntreprises, fake: FakeCompanyRegister, kind: Kind
    ) -> None:
        fake.faults.add(Fault(kind=kind, times=2, seconds=0.5))

        with pytest.raises(Unavailable):
            client.find(OPEN.siret)
        assert client.find(OPEN.siret) is not None

    def test_is_told_of_faults_over_http(self, client: RechercheEntreprises, address: str) -> None:
        answer = requests.post(f"{address}/_faults", json={"kind": "error", "times": 9}, timeout=5)

        assert answer.status_code == 204
        with pytest.raises(Unavailable):
            client.find(OPEN.siret)
        assert requests.delete(f"{address}/_faults", timeout=5).status_code == 204
        assert client.find(OPEN.siret) is not None


class TestExamples:
    def test_are_sirets_that_a_form_takes(self) -> None:
        assert [sirets.read(example.siret) for example in EXAMPLES] == [example.siret for example in EXAMPLES]

    def test_are_all_but_what_is_not_shown_or_answers_nothing(self) -> None:
        shown = [example for example in registrable.EXAMPLES if example.kind]

        assert [example.is_open for example in shown] == [True, True, False]
