"""Guard of the sprite: each icon that a template uses is in it, and nothing else."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def check(*options: str) -> subprocess.CompletedProcess[str]:
    """What the script says of the sprite."""
    command = [sys.executable, str(ROOT / "scripts" / "make_icons.py"), "--check", *options]
    return subprocess.run(command, check=False, capture_output=True, text=True)


class TestSprite:
    def test_holds_what_templates_use_and_nothing_else(self) -> None:
        found = check()

        assert found.returncode == 0, found.stderr

    def test_guard_sees_an_icon_that_is_missing_and_one_that_is_not_used(self, tmp_path: Path) -> None:
        (tmp_path / "page.html").write_text('{{ icon("alarm" if soon else "alexa") }}')

        found = check("--templates", str(tmp_path))

        assert found.returncode == 1
        assert "missing ['alarm', 'alexa']" in found.stderr

    def test_guard_sees_an_icon_that_does_not_exist(self, tmp_path: Path) -> None:
        (tmp_path / "page.html").write_text('{{ icon("boulanger") }}')

        assert "has no boulanger" in check("--templates", str(tmp_path)).stderr

    def test_guard_sees_a_name_that_cannot_be_found(self, tmp_path: Path) -> None:
        (tmp_path / "page.html").write_text("{{ icon(kind) }}")

        assert "written out" in check("--templates", str(tmp_path)).stderr
