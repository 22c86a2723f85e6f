"""The fake France Travail obeys what the real one publishes: else the client's tests would prove nothing."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from traitdunion.demo.faults import Fault, Kind
from traitdunion.demo.france_travail import API_PATH, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, FakeFranceTravail
from traitdunion.demo.serving import serve

Get = Callable[..., requests.Response]

GRANT = {
    "grant_type": "client_credentials",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "scope": "api_offresdemploiv2 o2dsoffre",
}
CENTRE, NEARBY, FAR = (49.1196, 6.1764), (49.1040, 6.1250), (48.6880, 6.1730)  # 4 km and 48 km away


class Clock:
    """Stands still, so that all calls of a test fall in the same second, until told to move."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def offer(offer_id: str, day: int = 1, **fields: Any) -> dict[str, Any]:
    created = f"2026-11-{day:02d}T10:00:00.000Z"
    place = {"libelle": "57 - QUELQUE PART", "commune": "57463"}
    return {"id": offer_id, "intitule": "Pâtissier", "dateCreation": created, "lieuTravail": place, **fields}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake(clock: Clock) -> FakeFranceTravail:
    return FakeFranceTravail(clock=clock)


@pytest.fixture
def address(fake: FakeFranceTravail) -> Iterator[str]:
    with serve(fake) as address:
        yield address


@pytest.fixture
def token(address: str) -> str:
    answer = requests.post(f"{address}{TOKEN_PATH}?realm=%2Fpartenaire", data=GRANT, timeout=5)
    token: str = answer.json()["access_token"]
    return token


@pytest.fixture
def get(address: str, token: str) -> Get:
    def get(path: str = "/offres/search", **parameters: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{address}{API_PATH}{path}", params=parameters, headers=headers, timeout=5)

    return get


def found(response: requests.Response) -> list[str]:
    return [one["id"] for one in response.json()["resultats"]] if response.status_code != 204 else []


class TestToken:
    def test_lasts_1499_seconds(self, address: str) -> None:
        answer = requests.post(f"{address}{TOKEN_PATH}?realm=%2Fpartenaire", data=GRANT, timeout=5)

        assert answer.status_code == 200
        assert answer.json() | {"access_token": ""} == {
            "scope": "api_offresdemploiv2 o2dsoffre",
            "expires_in": 1499,
            "token_type": "Bearer",
            "access_token": "",
        }

    def test_is_unknown_after_that(self, get: Get, clock: Clock) -> None:
        clock.now += 1498
        assert get().status_code == 204

        clock.now += 1
        answer = get()

        assert (answer.status_code, answer.content, answer.headers["WWW-Authenticate"]) == (401, b"", "Bearer")

    @pytest.mark.parametrize(
        ("change", "realm", "status", "error"),
        [
            ({"client_secret": "wrong"}, "/partenaire", 401, "invalid_client"),
            ({"client_id": "nobody"}, "/partenaire", 401, "invalid_client"),
            ({"scope": "everything"}, "/partenaire", 400, "invalid_scope"),
            ({"scope": ""}, "/partenaire", 400, "invalid_scope"),
            ({"grant_type": "password"}, "/partenaire", 400, "unsupported_grant_type"),
            ({}, "/individu", 400, "invalid_request"),
        ],
    )
    def test_is_refused(self, address: str, change: dict[str, str], realm: str, status: int, error: str) -> None:
        answer = requests.post(f"{address}{TOKEN_PATH}", params={"realm": realm}, data=GRANT | change, timeout=5)

        assert (answer.status_code, answer.json()["error"]) == (status, error)

    def test_accepts_the_older_scope_too(self, address: str) -> None:
        form = GRANT | {"scope": f"application_{CLIENT_ID} api_offresdemploiv2 o2dsoffre"}

        answer = requests.post(f"{address}{TOKEN_PATH}?realm=%2Fpartenaire", data=form, timeout=5)

        assert answer.status_code == 200


class TestSearch:
    def test_is_whole_with_200(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(offer("A", day=1), offer("B", day=2))

        answer = get(sort="1")

        assert (answer.status_code, found(answer)) == (200, ["B", "A"])
        assert answer.headers["Content-Range"] == "offres 0-1/2"

    def test_is_partial_with_206(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(*(offer(f"{number:04d}") for number in range(400)))

        first, last = get(), get(range="300-449")

        assert (first.status_code, first.headers["Content-Range"]) == (206, "offres 0-149/400")
        assert (last.status_code, last.headers["Content-Range"]) == (206, "offres 300-399/400")
        assert len(found(first)) == 150
        assert first.headers["Accept-Range"] == "150"

    def test_is_empty_with_204(self, get: Get) -> None:
        answer = get()

        assert (answer.status_code, answer.content, answer.headers["Content-Range"]) == (204, b"", "*/0")

    def test_is_empty_beyond_the_last_offer(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(offer("A"))

        assert get(range="1-150").status_code == 204

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"range": "3001-3100"}, "La position de début doit être inférieure ou égale à 3000."),
            ({"range": "0-150"}, "La plage de résultats demandée est trop importante."),
            ({"range": "0"}, "Format du paramètre « range » incorrect. <entier>-<entier> attendu."),
            ({"range": "9-3"}, "Format du paramètre « range » incorrect. <entier>-<entier> attendu."),
            ({"departement": "Moselle"}, "Valeur du paramètre « departement » incorrecte."),
            ({"departement": "57,54,55,88,67,68"}, "Valeur du paramètre « departement » incorrecte."),
            ({"commune": "Metz"}, "Valeur du paramètre « commune » incorrecte."),
        ],
    )
    def test_is_refused(self, get: Get, parameters: dict[str, str], message: str) -> None:
        answer = get(**parameters)

        assert answer.status_code == 400
        assert {name: answer.json()[name] for name in ("message", "codeHttp")} == {"message": message, "codeHttp": 400}

    @pytest.mark.parametrize(
        "parameters",
        [
            {"minCreationDate": "2026-11-02T00:00:00Z"},
            {"minCreationDate": "hier", "maxCreationDate": "2026-11-02T00:00:00Z"},
            {"sort": "3"},
            {"distance": "loin"},
        ],
    )
    def test_is_refused_for_other_wrong_parameters(self, get: Get, parameters: dict[str, str]) -> None:
        assert get(**parameters).status_code == 400

    def test_reaches_no_further_than_3150_offers(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(*(offer(f"{number:04d}") for number in range(3_200)))

        answer = get(range="3000-3149")

        assert answer.headers["Content-Range"] == "offres 3000-3149/3200"

    def test_keeps_to_creation_dates(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(offer("A", day=1), offer("B", day=2), offer("C", day=3), offer("D", dateCreation="hier"))

        answer = get(sort="1", minCreationDate="2026-11-02T10:00:00Z", maxCreationDate="2026-11-03T10:00:00Z")
        half_a_second_short = get(minCreationDate="2026-11-01T10:00:01Z", maxCreationDate="2026-11-02T09:59:59Z")

        assert found(answer) == ["C", "B"]
        assert found(half_a_second_short) == []

    @pytest.mark.parametrize(
        ("place", "department"),
        [
            ({"commune": "57463"}, "57"),
            ({"libelle": "2A - AJACCIO"}, "2A"),
            ({"libelle": "971 - LE GOSIER", "codePostal": "97190"}, "971"),
            ({"libelle": "57 - Moselle"}, "57"),
        ],
    )
    def test_keeps_to_departments(
        self, fake: FakeFranceTravail, get: Get, place: dict[str, str], department: str
    ) -> None:
        fake.add(
            offer("A", lieuTravail=place), offer("B", lieuTravail={"libelle": "Monaco"}), offer("C", lieuTravail=[])
        )

        assert found(get(departement=f"54,{department}")) == ["A"]

    def test_keeps_to_ten_kilometres_around_a_commune_or_to_another_distance(
        self, fake: FakeFranceTravail, get: Get
    ) -> None:
        for offer_id, commune, point in (("A", "57463", CENTRE), ("B", "57480", NEARBY), ("C", "54395", FAR)):
            place = {"commune": commune, "latitude": point[0], "longitude": point[1]}
            fake.add(offer(offer_id, lieuTravail=place))
        fake.add(offer("D", lieuTravail={"commune": "57463"}))

        assert sorted(found(get(commune="57463"))) == ["A", "B", "D"]
        assert sorted(found(get(commune="57463", distance="0"))) == ["A", "D"]
        assert found(get(commune="57463", distance="60", sort="2"))[-2:] == ["B", "C"]

    def test_shows_its_own_offers_first_by_default(self, fake: FakeFranceTravail, get: Get) -> None:
        partner, own = {"origine": "2"}, {"origine": "1"}
        fake.add(offer("A", day=3, origineOffre=partner), offer("B", day=1, origineOffre=own))

        assert found(get()) == ["B", "A"]
        assert found(get(sort="1")) == ["A", "B"]

    def test_counts_the_contracts(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(offer("A", typeContrat="CDI"), offer("B", typeContrat="CDI"), offer("C", typeContrat="CDD"))

        assert get().json()["filtresPossibles"] == [
            {
                "filtre": "typeContrat",
                "agregation": [
                    {"valeurPossible": "CDI", "nbResultats": 2},
                    {"valeurPossible": "CDD", "nbResultats": 1},
                ],
            }
        ]


class TestOffer:
    def test_is_found_by_its_id(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(offer("206DTZD"))

        assert get("/offres/206DTZD").json() == offer("206DTZD")

    def test_answers_204_once_it_is_gone(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(offer("206DTZD"))
        fake.withdraw("206DTZD", "unknown")

        answer = get("/offres/206DTZD")

        assert (answer.status_code, answer.content) == (204, b"")

    def test_refuses_a_malformed_id(self, get: Get) -> None:
        answer = get("/offres/pas-un-id")

        assert answer.status_code == 400
        assert answer.json()["message"] == "Le format de l'id de l'offre recherchée est incorrect."


class TestRate:
    def test_is_ten_calls_in_any_second_for_a_client(self, get: Get, clock: Clock) -> None:
        clock.now += 1
        answers = [get() for _ in range(11)]

        assert [answer.status_code for answer in answers] == [204] * 10 + [429]
        assert answers[0].headers["x-ratelimit-remaining-clientidlimiter"] == "9"
        assert answers[0].headers["x-ratelimit-burst-capacity-clientidlimiter"] == "10"
        assert answers[0].headers["x-ratelimit-replenish-rate-clientidlimiter"] == "10"
        assert answers[10].headers["Retry-After"] == "1"

        clock.now += 0.9
        assert get().status_code == 429
        clock.now += 0.1
        assert get().status_code == 204


class TestFaults:
    def test_strike_when_planned_over_http(self, address: str, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(offer("A"))
        plan = [
            {"kind": "too_many", "route": "search", "retry_after": "5"},
            {"kind": "error", "status": 503, "after": 1},
            {"kind": "vanish", "ids": ["A"], "after": 3},
            {"kind": "appear", "offers": [offer("B")], "after": 4},
        ]

        planned = requests.post(f"{address}/_faults", json=plan, timeout=5)
        answers = [get() for _ in range(5)]

        assert planned.status_code == 204
        assert [answer.status_code for answer in answers] == [429, 503, 200, 204, 200]
        assert answers[0].headers["Retry-After"] == "5"
        assert found(answers[4]) == ["B"]

    def test_are_forgotten_on_request(self, address: str, get: Get) -> None:
        requests.post(f"{address}/_faults", json={"kind": "error", "times": 9}, timeout=5)

        requests.delete(f"{address}/_faults", timeout=5)

        assert get().status_code == 204

    @pytest.mark.parametrize(
        "plan", [b"{", b'{"kind": "flood"}', b"3", b'{"status": 500}', b'{"kind": "cut", "who": 1}']
    )
    def test_must_be_known(self, address: str, plan: bytes) -> None:
        answer = requests.post(f"{address}/_faults", data=plan, timeout=5)

        assert answer.status_code == 400

    def test_cut_the_connection_in_the_body(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(offer("A"))
        fake.faults.add(Fault(kind=Kind.CUT))

        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            get()

    def test_truncate_the_body(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.add(offer("A"))
        fake.faults.add(Fault(kind=Kind.TRUNCATED))

        answer = get()

        assert answer.status_code == 200
        with pytest.raises(requests.JSONDecodeError):
            answer.json()

    def test_revoke_the_token(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.faults.add(Fault(kind=Kind.UNAUTHORISED))

        assert [get().status_code, get().status_code] == [401, 401]

    def test_delay_the_answer(self, fake: FakeFranceTravail, get: Get) -> None:
        fake.faults.add(Fault(kind=Kind.SLOW, seconds=0.2))
        started = time.perf_counter()

        answer = get()

        assert answer.status_code == 204
        assert time.perf_counter() - started >= 0.2
