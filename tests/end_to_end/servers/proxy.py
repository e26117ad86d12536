"""An HTTP server that keeps its connections open, counts them, and passes every request on to another one.

moto's server ends each connection after one answer, so that counting there would count requests.
"""

from __future__ import annotations

import contextlib
import http.client
import http.server
import socket
import threading

from end_to_end.servers.programs import HOST

_OF_ONE_HOP = frozenset({"connection", "content-length", "date", "expect", "server", "transfer-encoding"})


class CountingProxy(http.server.ThreadingHTTPServer):
    """Serves ``port``, forwards to ``target``, both of this machine; ``opened`` is how many connections came so far."""

    daemon_threads = True

    def __init__(self, target: int) -> None:
        super().__init__((HOST, 0), _Forward)
        self.port: int = self.server_address[1]
        self.target = target
        self.opened = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def count(self, connection: socket.socket) -> None:
        """A connection has come."""
        with self._lock:
            self.opened += 1
            self._open.add(connection)

    def forget(self, connection: socket.socket) -> None:
        """A connection has ended."""
        with self._lock:
            self._open.discard(connection)

    def drop(self) -> None:
        """Cut every connection that is open now, as a network would that forgot them."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take no more connections, and cut those that are open."""
        self.shutdown()
        self.server_close()
        self.drop()
        self._thread.join()


class _Forward(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: CountingProxy

    def setup(self) -> None:
        super().setup()
        self.server.count(self.connection)

    def finish(self) -> None:
        self.server.forget(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the client, or drop(), has cut the connection
            super().handle()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing: a list of requests is of no use to the tests."""

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_ONE_HOP}
        upstream = http.client.HTTPConnection(HOST, self.server.target)
        with contextlib.closing(upstream):
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            content = answer.read()
        self.send_response(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _OF_ONE_HOP:
                self.send_header(name, value)
        length = answer.headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(content)

    do_DELETE = do_GET = do_HEAD = do_POST = do_PUT = _forward  # noqa: N815, names that the base class looks for
