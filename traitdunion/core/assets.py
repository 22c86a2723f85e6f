"""Static files: ours, and what wheels bring (Bootstrap, Leaflet), compressed once, kept by browsers for a year.

They are gathered in VAR_DIR under the fingerprint of their content, each with its brotli and gzip twins: Bootstrap's
232 kB travel as 24. Their addresses bear the fingerprint too, so that a new version is asked for at once. What is
always needed together is joined into one file: on a phone, one request more costs more than its bytes.
"""

import gzip
import hashlib
import re
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
_LEAFLET, _CLUSTERS = "xstatic.pkg.leaflet", "xstatic.pkg.leaflet_markercluster"
# What each joined file is made of, in order: files of wheels (package, path), and ours (name).
_JOINED: dict[str, tuple[tuple[str, str] | str, ...]] = {
    "site.css": (
        ("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css"),
        "theme.css",
        "suggestions.css",
    ),
    "leaflet-map.css": (
        (_LEAFLET, "data/leaflet.css"),
        (_CLUSTERS, "data/MarkerCluster.css"),
        "map.css",
    ),
    "leaflet-map.js": (
        (_LEAFLET, "data/leaflet.js"),
        (_CLUSTERS, "data/leaflet.markercluster.js"),
        "map.js",
    ),
    "search.js": ("suggestions.js", "map-button.js"),
}
_SOURCE_MAP = re.compile(rb"(//|/\*)[#@] sourceMappingURL=\S+( \*/)?")  # an address that leads nowhere here


def init_app(app: Flask, *, static_folder: Path) -> None:
    """Serves the files under `/static/` and gives templates `asset("site.css")`."""
    contents = _contents(static_folder)
    fingerprints = {name: hashlib.sha256(content).hexdigest()[:12] for name, content in contents.items()}
    served = WhiteNoise(
        app.wsgi_app, max_age=_YEAR, immutable_file_test=lambda _path, _url: True, add_headers_function=_add_headers
    )
    try:
        gathered = _gathered(contents, fingerprints, Path(app.config["VAR_DIR"]) / "assets")
    except OSError as error:  # VAR_DIR is read-only: each process keeps its own
        structlog.get_logger().warning("assets not kept", reason=str(error))
        gathered = _gathered(contents, fingerprints, Path(tempfile.mkdtemp(prefix="traitdunion-assets-")))
    served.add_files(str(gathered), prefix="static/")
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = lambda name: f"/static/{name}?v={fingerprints[name]}"


def _contents(folder: Path) -> dict[str, bytes]:
    """What is served, by name."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for name, parts in _JOINED.items():
        texts = (found[part] if isinstance(part, str) else _of_wheel(*part) for part in parts)
        found[name] = b"\n".join(texts)
    return found


def _of_wheel(package: str, path: str) -> bytes:
    return _SOURCE_MAP.sub(b"", files(package).joinpath(path).read_bytes())


def _gathered(contents: Mapping[str, bytes], fingerprints: Mapping[str, str], folder: Path) -> Path:
    """The folder of this very set of files, made whole or not at all."""
    name = hashlib.sha256(repr(sorted(fingerprints.items())).encode()).hexdigest()[:16]
    target = folder / name
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=folder))
    for file, content in contents.items():
        copy = partial / file
        copy.parent.mkdir(parents=True, exist_ok=True)
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
