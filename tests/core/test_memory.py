"""What may be a minute old is worked out once a minute."""

from collections.abc import Iterator

import pytest
from flask import Flask

from traitdunion.core import memory


@pytest.fixture
def served() -> Iterator[Flask]:
    """An application as visitors meet it."""
    app = Flask(__name__)
    with app.app_context():
        yield app


class TestRecent:
    def test_is_worked_out_once_for_each_key(self, served: Flask) -> None:
        given = iter(range(9))

        found = [memory.recent(key, lambda: next(given)) for key in ("a", "a", "b", "a")]

        assert found == [0, 0, 1, 0]

    def test_is_worked_out_again_after_a_minute(self, served: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        given = iter(range(9))
        now = [0.0]
        monkeypatch.setattr(memory, "monotonic", lambda: now[0])

        found = []
        for second in (0.0, 59.0, 61.0):
            now[0] = second
            found.append(memory.recent("a", lambda: next(given)))

        assert found == [0, 0, 1]

    def test_is_worked_out_each_time_in_tests(self, served: Flask) -> None:
        served.testing = True
        given = iter(range(9))

        assert [memory.recent("a", lambda: next(given)) for _ in range(2)] == [0, 1]
