"""The client of France Travail against the fake one, over real HTTP, on good and bad days."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import (
    booleans,
    builds,
    dictionaries,
    integers,
    lists,
    randoms,
    sampled_from,
    sets,
)

from tests.clients.fake_time import FakeTime
from traitdunion.clients import http
from traitdunion.clients.france_travail import Crawl, FranceTravail, Limits, Page, Settings, Window
from traitdunion.demo.faults import Fault, Kind
from traitdunion.demo.france_travail import API_PATH, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, FakeFranceTravail
from traitdunion.demo.serving import serve

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)

Client = Callable[..., FranceTravail]


def offer(number: int, *, created: datetime = SINCE, department: str = "57") -> dict[str, Any]:
    return {
        "id": f"{number:07d}",
        "intitule": "Boulanger / Boulangère (H/F)",
        "dateCreation": created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "lieuTravail": {"libelle": f"{department} - QUELQUE PART", "commune": f"{department}463"},
    }


def spread(count: int, *, seed: int = 1, department: str = "57") -> list[dict[str, Any]]:
    """Offers created at random instants, to the millisecond, more and more of them towards the end as in reality."""
    random, span = Random(seed), (UNTIL - SINCE).total_seconds()
    moments = (SINCE + timedelta(seconds=round(span * random.random() ** 0.2, 3)) for _ in range(count))
    return [offer(seed * 1_000_000 + n, created=moment, department=department) for n, moment in enumerate(moments)]


def newest_first(offers: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in sorted(offers, key=lambda one: one["dateCreation"], reverse=True)]


def ids(crawl: Crawl) -> list[str]:
    return [record["id"] for batch in crawl for record in batch]


@pytest.fixture
def fake() -> FakeFranceTravail:
    """France Travail without its rate limit, which has its own tests."""
    return FakeFranceTravail(calls_per_second=100_000)


@pytest.fixture
def address(fake: FakeFranceTravail) -> Iterator[str]:
    with serve(fake) as address:
        yield address


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def client(address: str, fake_time: FakeTime) -> Iterator[FranceTravail]:
    with FranceTravail(settings(address), sleep=fake_time.sleep, clock=fake_time.clock) as client:
        yield client


def settings(address: str, secret: str = CLIENT_SECRET) -> Settings:
    return Settings(
        client_id=CLIENT_ID,
        client_secret=secret,
        token_url=f"{address}{TOKEN_PATH}?realm=%2Fpartenaire",
        api_url=f"{address}{API_PATH}",
    )


def routes(fake: FakeFranceTravail) -> list[str]:
    return [call.route for call in fake.calls]


class TestCrawl:
    def test_reads_ten_thousand_offers_by_halving_the_dates(
        self, client: FranceTravail, fake: FakeFranceTravail
    ) -> None:
        offers = spread(10_000)
        fake.add(*offers, *spread(500, seed=2, department="54"))

        crawl = client.crawl("57", SINCE, UNTIL)
        found = ids(crawl)

        assert sorted(found) == sorted(one["id"] for one in offers)
        assert crawl.complete
        assert (crawl.expected, crawl.seen) == (10_000, 10_000)
        assert crawl.announced >= 10_000  # offers of the very second where windows touch count in both
        searches = [call.arguments for call in fake.calls if call.route == "search"]
        assert {(search["departement"], search["sort"]) for search in searches} == {("57", "1")}
        assert len(fake.calls) < 100

    def test_reads_to_the_last_reachable_offer_without_halving(
        self, client: FranceTravail, fake: FakeFranceTravail
    ) -> None:
        fake.add(*spread(3_150))

        crawl = client.crawl("57", SINCE, UNTIL)
        found = ids(crawl)

        assert len(found) == 3_150
        assert crawl.complete
        assert len({call.arguments["minCreationDate"] for call in fake.calls if call.route == "search"}) == 1

    def test_finds_that_nothing_is_there(self, client: FranceTravail) -> None:
        crawl = client.crawl("57", SINCE, UNTIL)
        found = ids(crawl)

        assert found == []
        assert crawl.complete

    def test_is_not_complete_before_its_end(self, client: FranceTravail, fake: FakeFranceTravail) -> None:
        fake.add(*spread(400))

        crawl = client.crawl("57", SINCE, UNTIL)
        next(iter(crawl))

        assert not crawl.complete

    def test_does_not_lose_the_milliseconds_of_the_last_second(
        self, client: FranceTravail, fake: FakeFranceTravail
    ) -> None:
        fake.add(offer(1, created=UNTIL.replace(microsecond=700_000)))

        found = ids(client.crawl("57", SINCE, UNTIL.replace(microsecond=800_000)))

        assert found == ["0000001"]

    def test_says_which_second_holds_too_many_offers(self, client: FranceTravail, fake: FakeFranceTravail) -> None:
        moment = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
        fake.add(*(offer(number, created=moment) for number in range(3_200)), *spread(50, seed=2))

        crawl = client.crawl("57", SINCE, UNTIL)
        found = ids(crawl)

        assert len(found) == len(set(found)) == 3_200
        assert not crawl.complete
        assert {gap.announced for gap in crawl.gaps} == {3_200}
        assert all(gap.window.since <= moment <= gap.window.until for gap in crawl.gaps)

    @pytest.mark.parametrize(
        "fault",
        [
            Fault(kind=Kind.TOO_MANY, retry_after="3", times=2),
            Fault(kind=Kind.TOO_MANY),
            Fault(kind=Kind.ERROR, status=500, times=3),
            Fault(kind=Kind.ERROR, status=503),
            Fault(kind=Kind.CUT, times=2),
            Fault(kind=Kind.TRUNCATED, times=2),
            Fault(kind=Kind.UNAUTHORISED, route="search", after=2),
            Fault(kind=Kind.ERROR, route="token"),
        ],
        ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.retry_after}-{fault.route}",
    )
    @pytest.mark.parametrize("after", [0, 3])
    def test_survives(self, client: FranceTravail, fake: FakeFranceTravail, fault: Fault, after: int) -> None:
        offers = spread(700)
        fake.add(*offers)
        fake.faults.add(
            Fault(**{**{name: getattr(fault, name) for name in fault.__slots__}, "after": fault.after or after})
        )

        crawl = client.crawl("57", SINCE, UNTIL)
        found = ids(crawl)

        assert sorted(found) == sorted(one["id"] for one in offers)
        assert crawl.complete

    def test_survives_a_silence(self, address: str, fake: FakeFranceTravail, fake_time: FakeTime) -> None:
        fake.add(*spread(400))
        fake.faults.add(Fault(kind=Kind.SLOW, route="search", after=1, seconds=0.6))
        hurried = http.Patience(read=0.2)

        with FranceTravail(settings(address), patience=hurried, sleep=fake_time.sleep) as client:
            crawl = client.crawl("57", SINCE, UNTIL)
            found = ids(crawl)

        assert len(found) == 400
        assert crawl.complete
        assert len(fake_time.slept) == 1

    @pytest.mark.parametrize("kind", [Kind.TRUNCATED, Kind.CUT, Kind.ERROR, Kind.TOO_MANY])
    def test_gives_up_when_it_lasts(self, client: FranceTravail, fake: FakeFranceTravail, kind: Kind) -> None:
        fake.add(*spread(400))
        fake.faults.add(Fault(kind=kind, route="search", after=1, times=1_000))

        crawl = client.crawl("57", SINCE, UNTIL)
        with pytest.raises(http.Unavailable):
            ids(crawl)

        assert crawl.seen == 150
        assert not crawl.complete

    def test_misses_no_living_offer_when_others_vanish_between_two_pages(
        self, client: FranceTravail, fake: FakeFranceTravail
    ) -> None:
        offers = spread(900)
        order = newest_first(offers)
        fake.add(*offers)
        gone = [*order[:3], order[149], order[150], *order[500:520]]
        fake.faults.add(
            Fault(kind=Kind.VANISH, route="search", after=1, ids=tuple(gone[:5])),
            Fault(kind=Kind.VANISH, route="search", after=5, ids=tuple(gone[5:])),
        )

        crawl = client.crawl("57", SINCE, UNTIL)
        found = ids(crawl)

        assert set(order) - set(gone) <= set(found)
        assert len(found) == len(set(found))
        assert crawl.complete

    def test_is_not_deceived_by_an_offer_added_while_another_vanishes(
        self, client: FranceTravail, fake: FakeFranceTravail
    ) -> None:
        offers = spread(600)
        order = newest_first(offers)
        fake.add(*offers)
        newcomer = offer(9, created=SINCE)  # the total stays the same, the offers after the first move up
        fake.faults.add(
            Fault(kind=Kind.VANISH, route="search", after=1, ids=(order[0],)),
            Fault(kind=Kind.APPEAR, route="search", after=1, offers=(newcomer,)),
        )

        crawl = client.crawl("57", SINCE, UNTIL)
        found = ids(crawl)

        assert sorted(found) == sorted([*order, newcomer["id"]])
        assert crawl.complete

    def test_finds_the_offers_added_behind_its_back(self, client: FranceTravail, fake: FakeFranceTravail) -> None:
        fake.add(*spread(600))
        late = tuple(offer(number, created=UNTIL - timedelta(seconds=number)) for number in range(200))
        fake.faults.add(Fault(kind=Kind.APPEAR, route="search", after=3, offers=late))

        crawl = client.crawl("57", SINCE, UNTIL)
        found = ids(crawl)

        assert len(found) == len(set(found)) == 800
        assert crawl.complete

    def test_halves_a_window_that_grows_too_large_on_the_way(
        self, client: FranceTravail, fake: FakeFranceTravail
    ) -> None:
        fake.add(*spread(3_100))
        fake.faults.add(Fault(kind=Kind.APPEAR, route="search", after=4, offers=tuple(spread(100, seed=2))))

        crawl = client.crawl("57", SINCE, UNTIL)
        found = ids(crawl)

        assert len(found) == len(set(found)) == 3_200
        assert crawl.complete

    def test_repeats_the_refusal_of_a_wrong_parameter(self, client: FranceTravail) -> None:
        with pytest.raises(http.Rejected, match="Valeur du paramètre « departement » incorrecte") as refusal:
            ids(client.crawl("Moselle", SINCE, UNTIL))

        assert refusal.value.status == 400


@dataclass
class Market:
    """Offers by creation second, some leaving and some arriving at the nth search."""

    offers: dict[str, float]
    leaving: dict[int, set[str]]
    arriving: dict[int, dict[str, float]]
    holds_its_end: bool
    searches: int = 0

    def search(self, window: Window, first: int) -> Page:
        self.searches += 1
        self.offers |= self.arriving.get(self.searches, {})
        for key in self.leaving.get(self.searches, set()):
            self.offers.pop(key, None)
        begin = (window.since - SINCE).total_seconds()
        end = (window.until - SINCE).total_seconds() - (0 if self.holds_its_end else 0.1)
        found = sorted((-second, key) for key, second in self.offers.items() if begin <= second <= end)
        return Page([{"id": key} for _, key in found[first : first + SMALL.page]], len(found))


SMALL = Limits(page=3, last_start=6)
seconds = (integers(4, 236) | sampled_from([80, 82, 84])).map(lambda quarter: quarter / 4)  # now and then a crowd
markets = builds(
    Market,
    offers=lists(seconds, max_size=50).map(lambda drawn: {f"a{n}": second for n, second in enumerate(drawn)}),
    leaving=dictionaries(integers(1, 25), sets(sampled_from([f"a{n}" for n in range(50)]), max_size=12), max_size=4),
    arriving=dictionaries(
        integers(1, 25),
        lists(seconds, max_size=8).map(lambda drawn: {f"b{n}-{second}": second for n, second in enumerate(drawn)}),
        max_size=4,
    ),
    holds_its_end=booleans(),
)


class TestCrawlOfAMovingMarket:
    @given(market=markets)
    def test_yields_each_offer_once_and_each_that_lived_throughout(self, market: Market) -> None:
        staying = set(market.offers) - {key for keys in market.leaving.values() for key in keys}

        crawl = Crawl(market.search, Window(SINCE, SINCE + timedelta(seconds=60)), limits=SMALL)
        found = ids(crawl)

        assert len(found) == len(set(found)) == crawl.seen
        if crawl.complete:
            assert staying <= set(found)

    @given(market=markets)
    def test_is_complete_and_exact_when_nothing_moves(self, market: Market) -> None:
        market.leaving, market.arriving = {}, {}

        crawl = Crawl(market.search, Window(SINCE, SINCE + timedelta(seconds=60)), limits=SMALL)
        found = ids(crawl)

        crowds = Counter(int(second) for second in market.offers.values())
        if crowds and max(crowds.values()) > SMALL.reachable:
            assert not crawl.complete
        elif all(crowds[second] + crowds[second + 1] <= SMALL.reachable for second in crowds):
            assert crawl.complete
            assert sorted(found) == sorted(market.offers)

    @given(market=markets, random=randoms(use_true_random=False))
    def test_ends_even_when_the_order_never_settles(self, market: Market, random: Random) -> None:
        def shuffled(window: Window, first: int) -> Page:
            page = market.search(window, first)
            random.shuffle(page.records)
            return Page(page.records, page.total + random.randint(0, 9))

        crawl = Crawl(shuffled, Window(SINCE, SINCE + timedelta(seconds=60)), limits=SMALL)
        found = ids(crawl)

        assert len(found) == len(set(found))
        assert crawl.calls < 5_000

    def test_believes_two_equal_walks_rather_than_a_total_that_is_a_little_wrong(self) -> None:
        offers = {f"a{number:03d}": float(number) for number in range(149)}
        market = Market(offers, {}, {}, holds_its_end=True)

        def overstated(window: Window, first: int) -> Page:
            page = market.search(window, first)
            return Page(page.records, page.total + 1)

        wide = Limits(page=5, last_start=200)
        crawl = Crawl(overstated, Window(SINCE, SINCE + timedelta(seconds=200)), limits=wide)
        found = ids(crawl)

        assert len(found) == 149
        assert crawl.complete

    def test_does_not_believe_a_search_that_hides_a_part_of_what_it_announces(self) -> None:
        offers = {f"a{number:02d}": float(number) for number in range(8)}
        market = Market(offers, {}, {}, holds_its_end=True)

        def hiding(window: Window, first: int) -> Page:
            page = market.search(window, first)
            return Page([record for record in page.records if record["id"] > "a03"], page.total)

        crawl = Crawl(hiding, Window(SINCE, SINCE + timedelta(seconds=60)), limits=SMALL)
        ids(crawl)

        assert not crawl.complete
        assert [(gap.announced, gap.seen) for gap in crawl.gaps] == [(8, 4)]


class TestOffer:
    def test_is_the_offer_as_published(self, client: FranceTravail, fake: FakeFranceTravail) -> None:
        fake.add(offer(12))

        assert client.offer("0000012") == offer(12)

    def test_is_none_once_the_offer_is_gone(self, client: FranceTravail, fake: FakeFranceTravail) -> None:
        fake.add(offer(12))
        fake.withdraw("0000012")

        assert client.offer("0000012") is None

    @pytest.mark.parametrize("offer_id", ["n’importe quoi", "../../_faults", "a/b", ""])
    def test_goes_nowhere_else_for_a_malformed_id(self, client: FranceTravail, offer_id: str) -> None:
        with pytest.raises(http.Rejected):
            client.offer(offer_id)


class TestToken:
    def test_is_asked_for_once(self, client: FranceTravail, fake: FakeFranceTravail) -> None:
        for _ in range(3):
            client.offer("0000012")

        assert routes(fake) == ["token", "offer", "offer", "offer"]

    def test_is_renewed_ten_seconds_before_its_end(
        self, client: FranceTravail, fake: FakeFranceTravail, fake_time: FakeTime
    ) -> None:
        client.offer("0000012")
        fake_time.now += 1499 - 11
        client.offer("0000012")
        fake_time.now += 2
        client.offer("0000012")

        assert routes(fake) == ["token", "offer", "offer", "token", "offer"]

    def test_is_renewed_once_when_it_is_refused(self, client: FranceTravail, fake: FakeFranceTravail) -> None:
        fake.faults.add(Fault(kind=Kind.UNAUTHORISED, route="offer"))

        client.offer("0000012")

        assert routes(fake) == ["token", "offer", "token", "offer"]

    def test_is_not_renewed_for_ever(self, client: FranceTravail, fake: FakeFranceTravail) -> None:
        fake.faults.add(Fault(kind=Kind.UNAUTHORISED, route="offer", times=9))

        with pytest.raises(http.Rejected) as refusal:
            client.offer("0000012")

        assert refusal.value.status == 401
        assert routes(fake) == ["token", "offer", "token", "offer"]

    def test_is_refused_to_a_wrong_secret(self, address: str) -> None:
        with (
            FranceTravail(settings(address, secret="wrong")) as client,
            pytest.raises(http.Rejected, match="Client authentication failed"),
        ):
            client.offer("0000012")

    def test_keeps_its_secret_out_of_what_is_printed(self, address: str) -> None:
        assert CLIENT_SECRET not in repr(settings(address)).replace(f"client_id='{CLIENT_ID}'", "")
