"""Static files: small, kept for long, and new at once when they change."""

import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from traitdunion import create_app

ROOT = Path(__file__).resolve().parents[2]


def stylesheets(app: Flask) -> list[str]:
    """The addresses of the stylesheets of ours on the home page."""
    return re.findall(r'href="(/static/[^"]+\.css[^"]*)"', app.test_client().get("/").text)


class TestAssets:
    def test_travel_compressed_and_stay_for_a_year(self, app: Flask) -> None:
        addresses = stylesheets(app)

        assert len(addresses) == 1
        for address in addresses:
            answer = app.test_client().get(address, headers={"Accept-Encoding": "br"})
            assert answer.status_code == 200
            assert answer.headers["Content-Encoding"] == "br"
            assert len(answer.data) < 40_000
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            answer.close()

    def test_are_the_files_themselves(self, app: Flask) -> None:
        with app.test_client().get("/static/theme.css", headers={"Accept-Encoding": "br"}) as answer:
            theme = brotli.decompress(answer.data)

        assert theme == (ROOT / "static" / "theme.css").read_bytes()

    def test_are_joined_in_order_where_they_are_always_needed_together(self, app: Flask) -> None:
        with app.test_client().get("/static/site.css") as answer:
            style = answer.get_data(as_text=True)
        with app.test_client().get("/static/leaflet-map.js") as answer:
            script = answer.get_data(as_text=True)

        assert 0 < style.index("Bootstrap") < style.index("Our theme over Bootstrap")
        assert 0 < script.index("Leaflet 1.") < script.index("MarkerClusterGroup") < script.index("data.geopf.fr")
        assert "sourceMappingURL" not in style + script

    def test_are_served_all_the_same_where_nothing_can_be_kept(
        self,
        environ: dict[str, str],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

        app = create_app({**environ, "VAR_DIR": str(tmp_path / "file")})

        with app.test_client().get("/static/site.css") as answer:
            assert answer.status_code == 200
        assert "assets not kept" in capsys.readouterr().err
