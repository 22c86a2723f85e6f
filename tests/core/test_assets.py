"""Static files: small, kept for long, and new at once when they change."""

import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from traitdunion import create_app


def stylesheets(app: Flask) -> list[str]:
    """The addresses of the stylesheets of ours on the home page."""
    return re.findall(r'href="(/static/[^"]+\.css[^"]*)"', app.test_client().get("/").text)


class TestAssets:
    def test_travel_compressed_and_stay_for_a_year(self, app: Flask) -> None:
        addresses = stylesheets(app)

        assert any("bootstrap" in address for address in addresses)
        for address in addresses:
            answer = app.test_client().get(address, headers={"Accept-Encoding": "br"})
            assert answer.status_code == 200
            assert answer.headers["Content-Encoding"] == "br"
            assert len(answer.data) < 30_000
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            answer.close()

    def test_are_the_files_themselves(self, app: Flask) -> None:
        with app.test_client().get("/static/theme.css", headers={"Accept-Encoding": "br"}) as answer:
            theme = brotli.decompress(answer.data)

        assert theme == (Path(__file__).resolve().parents[2] / "static" / "theme.css").read_bytes()

    def test_are_served_plain_where_nothing_can_be_written(
        self, environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "file").touch()

        app = create_app({**environ, "VAR_DIR": str(tmp_path / "file")})

        with app.test_client().get("/static/theme.css") as answer:
            assert answer.status_code == 200
        assert "assets not compressed" in capsys.readouterr().err
