# SPDX-License-Identifier: Apache-2.0
"""A loopback proxy that passes bytes on unchanged, records the messages in them, and cuts streams when told to."""

import collections
import itertools
import socket
import threading
from typing import Any

from http_reader import HTTPReader
from recording import Recorder

# The headers that say something about the conversation. Credentials are not among them.
RECORDED = (
    "mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name", "last-event-id", "content-type", "accept",
    "cache-control", "www-authenticate", "allow", "x-expect-status",
)


class HTTPTee:
    """Listens on a port of its own and passes each connection on to the server.

    A connection to `control_port` cuts every stream that answers a POST, tells how many these were, and closes.
    """

    def __init__(self, server_port: int, recorder: Recorder):
        self._server_port = server_port
        self._recorder = recorder
        self._numbers = itertools.count(1)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._control = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.control_port = self._control.getsockname()[1]
        self._connections: list[Connection] = []
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._obey, daemon=True).start()

    def close(self) -> None:
        for listener in (self._listener, self._control):
            _shut(listener)
            listener.close()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port), timeout=5)
            except OSError:
                return
            server.settimeout(None)
            self._connections = [connection for connection in self._connections if not connection.is_closed]
            connection = Connection(client, server, self._recorder, self._numbers)
            self._connections.append(connection)
            connection.start()

    def _obey(self) -> None:
        while True:
            try:
                client, _ = self._control.accept()
            except OSError:
                return
            with client:
                count = sum(connection.cut() for connection in list(self._connections))
                client.sendall(f"{count}\n".encode())


class Connection:
    """One connection of a client and the one to the server behind it."""

    def __init__(self, client: socket.socket, server: socket.socket, recorder: Recorder, numbers: Any):
        self._client = client
        self._server = server
        self._recorder = recorder
        self._numbers = numbers
        self._lock = threading.Lock()
        # The exchanges that are not over, in the order of their requests: number, method.
        self._open: collections.deque[tuple[int, str]] = collections.deque()
        self._is_stream = False
        self._ended_by: str | None = None
        self._pumps = 2
        self.is_closed = False

    def start(self) -> None:
        requests, answers = HTTPReader(RequestSink(self)), HTTPReader(AnswerSink(self))
        for source, target, reader, side in (
            (self._client, self._server, requests, "client"), (self._server, self._client, answers, "server"),
        ):
            threading.Thread(target=self._pump, args=(source, target, reader, side), daemon=True).start()

    def cut(self) -> bool:
        """Ends the connection, if it carries a stream that answers a POST."""
        with self._lock:
            is_wanted = self._is_stream and bool(self._open) and self._open[0][1] == "POST"
            if is_wanted and self._ended_by is None:
                self._ended_by = "cut"
        if is_wanted:
            self.close()
        return is_wanted

    def close(self) -> None:
        _shut(self._client)
        _shut(self._server)

    def _pump(self, source: socket.socket, target: socket.socket, reader: HTTPReader, side: str) -> None:
        try:
            while data := source.recv(1 << 16):
                reader.feed(data)
                target.sendall(data)
        except OSError:
            pass
        with self._lock:
            if self._ended_by is None:
                self._ended_by = side
        # No client here closes half of a connection, so the end of one side is the end of both.
        self.close()
        with self._lock:
            self._pumps -= 1
            if self._pumps:
                return
        # Both directions have told all they had.
        while self._open:
            number, _ = self._open.popleft()
            self._recorder.add("end", self._ended_by, number)
        self._client.close()
        self._server.close()
        self.is_closed = True

    # What the readers find

    def requested(self, first: str, headers: dict[str, str]) -> None:
        method, _, rest = first.partition(" ")
        number = next(self._numbers)
        with self._lock:
            self._open.append((number, method))
        content = {"method": method, "path": rest.rpartition(" ")[0], "headers": _recorded(headers)}
        self._recorder.add("request", content, number)
        self._last = number

    def sent(self, data: bytes) -> None:
        if data:
            self._recorder.add("client", data, self._last)

    def answered(self, first: str, headers: dict[str, str]) -> None:
        with self._lock:
            self._is_stream = headers.get("content-type", "").startswith("text/event-stream")
        if self._open:
            content = {"status": int(first.split()[1]), "headers": _recorded(headers)}
            self._recorder.add("status", content, self._open[0][0])
        else:
            self.fault("an answer to no request")

    def told(self, kind: str, content: Any) -> None:
        if self._open:
            self._recorder.add(kind, content, self._open[0][0])

    def completed(self) -> None:
        with self._lock:
            self._is_stream = False
            ended = self._open.popleft() if self._open else None
        if ended:
            self._recorder.add("end", "complete", ended[0])

    def fault(self, text: str) -> None:
        self._recorder.add("fault", text)


class RequestSink:
    def __init__(self, connection: Connection):
        self._connection = connection
        self.head = connection.requested
        self.body = connection.sent
        self.fault = connection.fault

    def event(self, event: dict[str, Any]) -> None:
        self._connection.fault("a stream of events from a client")

    def end(self) -> None:
        pass


class AnswerSink:
    def __init__(self, connection: Connection):
        self.head = connection.answered
        self.body = lambda data: connection.told("server", data)
        self.event = lambda event: connection.told("event", event)
        self.end = connection.completed
        self.fault = connection.fault


def _recorded(headers: dict[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in RECORDED if name in headers}


def _shut(each: socket.socket) -> None:
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
