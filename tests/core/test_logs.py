"""Logs go to the standard error there is, whatever became of the one there was."""

import io
import sys

import pytest
import structlog

from traitdunion.core import logs


class TestConfigure:
    def test_outlives_a_stream_that_was_closed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "stderr", first)
        logs.configure()
        structlog.get_logger().info("before")
        said = first.getvalue()
        first.close()
        monkeypatch.setattr(sys, "stderr", second)

        structlog.get_logger().info("after")

        assert '"before"' in said
        assert '"after"' in second.getvalue()


class TestMask:
    @pytest.mark.parametrize(
        "told",
        [
            'violates "uq_people_email"\nDETAIL:  Key (email)=(zoe.secret@exemple.fr) already exists.',
            "new row violates check\nDETAIL:  Failing row contains (3, secret, 1999-02-03).",
            'invalid input syntax for type date: "secret"',
            "404 for url: /connexion/lien/secret7Q_kx0Zr1ZJ8m0C2Zl4Yb6Wd8Uf0Sh2Qj4Ol6Mn",
            "refused: <zoe.secret@exemple.fr>",
        ],
    )
    def test_hides_what_an_exception_repeats(self, capsys: pytest.CaptureFixture[str], told: str) -> None:
        logs.configure()
        try:
            raise ValueError(told)
        except ValueError as error:
            structlog.get_logger().error("failed", exc_info=error, reason=told)

        said = capsys.readouterr().err
        assert "secret" not in said
        assert "ValueError" in said
        assert "test_hides_what_an_exception_repeats" in said

    def test_leaves_the_rest(self, capsys: pytest.CaptureFixture[str]) -> None:
        logs.configure()

        structlog.get_logger().info("request", route="/connexion/lien/<token>", revision="2026_11_21_13_accounts")

        assert "***" not in capsys.readouterr().err
