"""Structured logs, one JSON object a line on standard error, without personal data.

A request is logged by its route (`/offres/<int:offer_id>`), never by its address: what a person typed stays out.
"""

import logging
import sys
import time
import uuid

import structlog
from flask import Flask, Response, g, got_request_exception, request


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
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_on_stderr,
        cache_logger_on_first_use=False,
    )


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
