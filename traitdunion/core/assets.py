"""Static files: ours and Bootstrap's stylesheet (from its wheel), compressed once, kept by browsers for a year.

They are gathered in VAR_DIR under the fingerprint of their content, each with its brotli and gzip twins: Bootstrap's
232 kB travel as 24. Their addresses bear the fingerprint too, so that a new version is asked for at once.
"""

import gzip
import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from wsgiref.headers import Headers

import brotli
import structlog
from flask import Flask
from whitenoise import WhiteNoise

_YEAR = 31_536_000  # seconds
_COMPRESSED = {".css", ".js", ".svg"}


def init_app(app: Flask, *, static_folder: Path) -> None:
    """Serves the files under `/static/` and gives templates `asset("theme.css")`."""
    found = {str(path.relative_to(static_folder)): path for path in static_folder.rglob("*") if path.is_file()}
    found["bootstrap.min.css"] = Path(str(files("flask_bootstrap"))) / "static/bootstrap5/css/bootstrap.min.css"
    fingerprints = {name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for name, path in found.items()}
    served = WhiteNoise(
        app.wsgi_app, max_age=_YEAR, immutable_file_test=lambda _path, _url: True, add_headers_function=_add_headers
    )
    try:
        served.add_files(str(_gathered(found, fingerprints, Path(app.config["VAR_DIR"]) / "assets")), prefix="static/")
    except OSError as error:  # a machine whose disk is read-only serves them as they are
        structlog.get_logger().warning("assets not compressed", reason=str(error))
        served.add_files(str(static_folder), prefix="static/")
        served.add_files(str(found["bootstrap.min.css"].parent), prefix="static/")
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = lambda name: f"/static/{name}?v={fingerprints[name]}"


def _gathered(found: Mapping[str, Path], fingerprints: Mapping[str, str], folder: Path) -> Path:
    """The folder of this very set of files, made whole or not at all."""
    name = hashlib.sha256(repr(sorted(fingerprints.items())).encode()).hexdigest()[:16]
    target = folder / name
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=folder))
    for file, path in found.items():
        copy = partial / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        copy.write_bytes(content)
        if copy.suffix in _COMPRESSED:
            copy.with_name(f"{copy.name}.br").write_bytes(brotli.compress(content))
            copy.with_name(f"{copy.name}.gz").write_bytes(gzip.compress(content, mtime=0))
    try:
        partial.rename(target)
    except OSError:
        shutil.rmtree(partial)  # another process was quicker
        if not target.is_dir():
            raise
    return target


def _add_headers(headers: Headers, path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    # The picture of shared pages is made to be shown elsewhere; nothing else is.
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if path.endswith("/share.png") else "same-origin"
