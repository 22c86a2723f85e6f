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
