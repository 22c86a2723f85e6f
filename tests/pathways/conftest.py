"""What tests of the folder start from."""

from pathlib import Path

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def _without_model(_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model that another test learned is at hand."""
    monkeypatch.setitem(_app.config, "VAR_DIR", tmp_path / "var")
