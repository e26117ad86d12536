"""A TCP proxy that counts how often a client waits for its server, and can let it wait for ever."""

from __future__ import annotations

import contextlib
import socket
import threading

from end_to_end.servers.programs import HOST


class TripCounter:
    """Serves ``port``, forwards to the port ``target``; use it in ``with``.

    ``trips`` counts round trips: each time that the client sends after the server has spoken. ``connections`` counts
    the clients.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.trips = 0
        self.connections = 0
        self._silent: set[socket.socket] = set()
        self._sockets: list[socket.socket] = []
        self._speaker: dict[socket.socket, str] = {}
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> TripCounter:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def silence(self) -> None:
        """From now on, the servers of the connections that are open say nothing more."""
        self._silent.update(self._sockets)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((HOST, self._target))
                for sock in (client, server):
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                self._sockets += [client, server]
                self._speaker[client] = "server"
                threading.Thread(target=self._forward, args=(client, server, client), daemon=True).start()
                threading.Thread(target=self._forward, args=(server, client, client), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                speaker = "client" if source is client else "server"
                if speaker == "client" and self._speaker[client] == "server":
                    self.trips += 1
                self._speaker[client] = speaker
                if source not in self._silent:
                    target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
