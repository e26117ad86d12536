"""Servers on the loopback interface that answer what client libraries ask, and count connections."""

from __future__ import annotations

import importlib
import socketserver
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class _Counting:
    """How many connections a server has accepted."""

    connections = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)  # type: ignore[misc]


class HttpServer(_Counting, ThreadingHTTPServer):
    daemon_threads = True


class LineServer(_Counting, socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class HttpHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b'{"version": {"number": "9.0.0"}, "data": []}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def log_message(self, *args: object) -> None:
        pass


class RedisHandler(socketserver.StreamRequestHandler):
    """Answers PING, and everything that clients say about themselves, with what they expect."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            words = []
            for _ in range(int(line[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2].upper())
            if words[0] == b"HELLO":
                self.wfile.write(b"%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n")
            else:
                self.wfile.write(b"+PONG\r\n" if words[0] == b"PING" else b"+OK\r\n")


class Servers(NamedTuple):
    """Where the servers are."""

    http: HttpServer
    redis: LineServer
    postgres: str
    mysql: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    @property
    def redis_port(self) -> int:
        return int(self.redis.server_address[1])


def http_connections(servers: Servers) -> int:
    return servers.http.connections


def redis_connections(servers: Servers) -> int:
    return servers.redis.connections


def postgres_sessions(servers: Servers) -> int:
    """How many sessions the server has started."""
    connection = importlib.import_module("psycopg2").connect(servers.postgres)
    cursor = connection.cursor()
    cursor.execute("SELECT pg_stat_clear_snapshot(), sessions FROM pg_stat_database WHERE datname = current_database()")
    sessions = int(cursor.fetchone()[1])
    connection.close()
    return sessions


def mysql_connections(servers: Servers) -> int:
    """How many connections the server has been asked for."""
    connection = importlib.import_module("pymysql").connect(**mysql_arguments(servers))
    cursor = connection.cursor()
    cursor.execute("SHOW GLOBAL STATUS LIKE 'Connections'")
    attempts = int(cursor.fetchone()[1])
    connection.close()
    return attempts


def mysql_arguments(servers: Servers) -> dict[str, Any]:
    parts = urlsplit("//" + servers.mysql)
    return {
        "host": parts.hostname,
        "port": parts.port or 3306,
        "user": parts.username,
        "password": parts.password or "",
        "database": parts.path[1:],
    }


class _Lines(socketserver.StreamRequestHandler):
    """Greets, if there is a greeting, and gives every line the same answer."""

    greeting = b""
    answer = b"VERSION 1\r\n"

    def handle(self) -> None:
        self.wfile.write(self.greeting)
        while line := self.rfile.readline():
            if line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n" if self.greeting else b"")
                return
            self.wfile.write(self.answer)


class _SmtpLines(_Lines):
    greeting = b"220 here\r\n"
    answer = b"250 fine\r\n"


_started: dict[str, LineServer] = {}


def _line_server(handler: type[_Lines]) -> LineServer:
    if handler.__name__ not in _started:
        _started[handler.__name__] = serve(LineServer(("127.0.0.1", 0), handler))
    return _started[handler.__name__]


def memcached() -> LineServer:
    return _line_server(_Lines)


def smtp() -> LineServer:
    return _line_server(_SmtpLines)


def serve(server: Any) -> Any:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
