"""What a phone pays for a page: requests and compressed bytes, as the browser counts them."""

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.journeys.conftest import Site
from tests.journeys.test_browser import SCREENS

pytestmark = pytest.mark.browser


class Meter:
    """Counts what comes over the network: a file that the browser kept counts for nothing."""

    def __init__(self, page: Page) -> None:
        self.sizes: dict[str, float] = {}
        self._kept: set[str] = set()
        self._addresses: dict[str, str] = {}
        session: CDPSession = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.requestServedFromCache", lambda event: self._kept.add(event["requestId"]))
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._finished)

    def _asked(self, event: dict[str, object]) -> None:
        self._addresses[str(event["requestId"])] = str(event["request"]["url"])  # type: ignore[index]

    def _answered(self, event: dict[str, object]) -> None:
        if event["response"]["fromDiskCache"]:  # type: ignore[index]
            self._kept.add(str(event["requestId"]))

    def _finished(self, event: dict[str, object]) -> None:
        if event["requestId"] not in self._kept:
            self.sizes[self._addresses[str(event["requestId"])]] = float(str(event["encodedDataLength"]))

    def read(self) -> tuple[int, float]:
        """Requests and kilobytes since the last reading."""
        found = len(self.sizes), sum(self.sizes.values()) / 1000
        self.sizes.clear()
        return found


class TestOffers:
    def test_are_light_at_first_and_lighter_later(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(viewport=SCREENS["phone"])  # type: ignore[arg-type]
        page = context.new_page()
        meter = Meter(page)

        page.goto(f"{site.address}/offres?q=boulanger&lieu=metz", wait_until="networkidle")
        first_requests, first_weight = meter.read()
        page.goto(f"{site.address}/offres?q=boulanger&lieu=metz&page=2", wait_until="networkidle")
        later_requests, later_weight = meter.read()

        print(f"first view: {first_requests} requests, {first_weight:.1f} kB")  # noqa: T201 — `pytest -s` shows it
        print(f"later view: {later_requests} requests, {later_weight:.1f} kB")  # noqa: T201
        assert first_requests <= 6
        assert 10 < first_weight <= 100
        assert later_requests == 1
        assert later_weight <= 20
        context.close()
