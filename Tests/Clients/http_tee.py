# SPDX-License-Identifier: Apache-2.0
"""A loopback proxy that passes bytes on unchanged and records the messages in them."""

import socket
import threading

from recording import Recorder

MAX_HEAD = 65_536


class HTTPReader:
    """Cuts one direction of an HTTP/1.1 connection into messages as the bytes come.

    `on_body` gets the first line, the headers and the whole body; the body of an event stream goes to `on_event`
    event by event.
    """

    def __init__(self, on_body, on_event, on_fault):
        self._on_body = on_body
        self._on_event = on_event
        self._on_fault = on_fault
        self._buffer = bytearray()
        self._steps = self._run()
        next(self._steps)

    def feed(self, data: bytes) -> None:
        self._buffer += data
        try:
            self._steps.send(None)
        except StopIteration:
            pass
        except (ValueError, IndexError) as error:
            self._on_fault(f"not HTTP: {error!r}")

    def _take(self, count: int):
        while len(self._buffer) < count:
            yield
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _line(self):
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer)
            if start > MAX_HEAD:
                self._on_fault("a header line without end")
            yield
        return (yield from self._take(end + 1)).rstrip(b"\r\n")

    def _run(self):
        yield
        while True:
            first = (yield from self._line()).decode("latin-1")
            headers: dict[str, str] = {}
            while line := (yield from self._line()):
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.strip().lower()] = value.strip()
            status = int(first.split()[1]) if first.startswith("HTTP/") else None
            if status is not None and (100 <= status < 200 or status in (204, 304)):
                if status >= 200:
                    self._on_body(first, headers, b"")
                continue
            is_events = headers.get("content-type", "").startswith("text/event-stream")
            sink = EventReader(self._on_event, self._on_fault) if is_events and status else None
            body = bytearray()
            if headers.get("transfer-encoding", "").lower() == "chunked":
                while size := int((yield from self._line()).split(b";")[0], 16):
                    piece = yield from self._take(size)
                    sink.feed(piece) if sink else body.extend(piece)
                    yield from self._line()
                while (yield from self._line()):
                    pass
            elif "content-length" in headers:
                body += yield from self._take(int(headers["content-length"]))
            elif status is not None:
                while True:
                    piece = yield from self._take(len(self._buffer) or 1)
                    sink.feed(piece) if sink else body.extend(piece)
            if not sink:
                self._on_body(first, headers, bytes(body))


class EventReader:
    """Cuts an event stream into events."""

    def __init__(self, on_event, on_fault):
        self._on_event = on_event
        self._on_fault = on_fault
        self._pending: list[bytes] = []
        self._event = b"message"
        self._data: list[bytes] = []

    def feed(self, data: bytes) -> None:
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._take(b"".join([*self._pending, line]).removesuffix(b"\r"))
            self._pending = []
        if rest:
            self._pending.append(rest)

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not line:
            if self._data:
                if len(self._data) > 1:
                    self._on_fault("an event with more than one data line")
                self._on_event(self._event.decode("latin-1"), b"\n".join(self._data))
            self._event, self._data = b"message", []
        elif name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._event = value
        elif name not in (b"", b"id", b"retry"):
            self._on_fault(f"an event line that means nothing: {line[:80]!r}")


class HTTPTee:
    """Listens on a port of its own and passes each connection on to the server."""

    def __init__(self, server_port: int, recorder: Recorder):
        self._server_port = server_port
        self._recorder = recorder
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for open_socket in [self._listener, *self._sockets]:
            try:
                open_socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            open_socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port), timeout=5)
            except OSError:
                return
            server.settimeout(None)
            self._sockets += [client, server]
            requests = HTTPReader(self._request, self._event, self._fault)
            answers = HTTPReader(self._answer, self._event, self._fault)
            threading.Thread(target=_pump, args=(client, server, requests), daemon=True).start()
            threading.Thread(target=_pump, args=(server, client, answers), daemon=True).start()

    def _request(self, first: str, headers: dict[str, str], body: bytes) -> None:
        if first.startswith("POST"):
            self._recorder.add("client", body)

    def _answer(self, first: str, headers: dict[str, str], body: bytes) -> None:
        self._recorder.add("status", int(first.split()[1]))

    def _event(self, name: str, data: bytes) -> None:
        if name == "endpoint":
            self._recorder.add("endpoint", data)
        elif name == "message":
            self._recorder.add("server", data)
        else:
            self._fault(f"an event of kind {name!r}")

    def _fault(self, text: str) -> None:
        self._recorder.add("fault", text)


def _pump(source: socket.socket, target: socket.socket, reader: HTTPReader) -> None:
    try:
        while data := source.recv(1 << 16):
            reader.feed(data)
            target.sendall(data)
    except OSError:
        pass
    # No client here closes half of a connection, so the end of one side is the end of both.
    for each in (target, source):
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
