"""Serves a WSGI application on the loopback, for tests and for the demonstration."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@contextmanager
def serve(app: "WSGIApplication", *, port: int = 0) -> Iterator[str]:
    """Runs `app` in threads and gives its address (`http://127.0.0.1:…`, without a final slash) until the block ends.

    Port 0 takes any free one. Requests under way when the block ends are left to finish on their own.
    """
    server = listen(app, port=port)
    # The default poll of half a second would be the time that closing takes.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def listen(app: "WSGIApplication", *, port: int = 0) -> BaseWSGIServer:
    """A server of `app` that listens and answers nobody yet: who asks for it now waits until it does."""
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)


class _Quiet(WSGIRequestHandler):
    """Writes no line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass
