"""A browser is told in words that its owner recognises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.accounts import devices


@pytest.mark.parametrize(
    ("user_agent", "named"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox sur Linux"),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome sur Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-A155F) SamsungBrowser/26.0 Chrome/122 Safari/537.36",
            "Samsung Internet sur Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1",
            "Safari sur iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge sur Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18 Safari/605",
            "Safari sur Mac",
        ),
        ("curl/8.5.0", "Appareil inconnu"),
        ("", "Appareil inconnu"),
        (None, "Appareil inconnu"),
    ],
)
def test_is_named(user_agent: str | None, named: str) -> None:
    assert devices.named(user_agent) == named


@given(st.text())
def test_holds_nothing_that_was_sent(user_agent: str) -> None:
    assert len(devices.named(user_agent)) < 40
