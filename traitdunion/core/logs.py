"""Structured logs, one JSON object a line on standard error, without personal data.

A request is logged by its route (`/offres/<int:offer_id>`), never by its address: what a person typed stays out.
"""

import logging
import re
import sys
import time
import uuid

import structlog
from flask import Flask, Response, g, got_request_exception, request

_TELLING = re.compile(
    r"(?<=DETAIL:  ).*"  # PostgreSQL names the value that stands twice, and the row that is refused
    r'|(?<=invalid input syntax for type )\w+: ".*'
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{40,}"  # `core.tokens` in an address
)


def init_app(app: Flask) -> None:
    """Configures the logs and writes a line per request."""
    configure()
    app.before_request(_begin)
    app.after_request(_end)
    app.logger.disabled = True  # its lines hold addresses; ours say the route and the traceback
    got_request_exception.connect(_failed, app)


def quiet() -> None:
    """Only warnings and errors: a command tells the rest itself, to the person who typed it."""
    configure(logging.WARNING)


def configure(level: int = logging.INFO) -> None:
    """JSON lines for files and machines, coloured lines on a terminal."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_on_stderr,
        cache_logger_on_first_use=False,
    )


def _mask(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Hides what an exception repeats of its cause: values, addresses, secrets of links."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = _TELLING.sub("***", value)
    return line


def _on_stderr(*_names: object) -> structlog.WriteLogger:
    # Looked up at each line: what runs commands in tests puts another stream there, and closes it.
    return structlog.WriteLogger(sys.stderr)


def _begin() -> None:
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex[:12])


def _failed(_app: Flask, exception: BaseException) -> None:
    structlog.get_logger().error("request failed", method=request.method, route=_route(), exc_info=exception)


def _route() -> str:
    return request.url_rule.rule if request.url_rule else "-"


def _end(response: Response) -> Response:
    milliseconds = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
    structlog.get_logger().info(
        "request", method=request.method, route=_route(), status=response.status_code, ms=milliseconds
    )
    return response
