# SPDX-License-Identifier: Apache-2.0
"""Cuts the bytes of an HTTP/1.1 connection into heads, bodies and events as they come."""

from typing import Any, Protocol

MAX_HEAD = 65_536


class Sink(Protocol):
    """Takes what one direction of a connection holds."""

    def head(self, first: str, headers: dict[str, str]) -> None: ...
    def body(self, data: bytes) -> None: ...
    def event(self, event: dict[str, Any]) -> None: ...
    def end(self) -> None: ...
    def fault(self, text: str) -> None: ...


class HTTPReader:
    """Tells a sink the head, then the whole body or each event of an event stream, then the end of each message."""

    def __init__(self, sink: Sink):
        self._sink = sink
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
            self._sink.fault(f"not HTTP: {error!r}")

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
                self._sink.fault("a header line without end")
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
            if status is not None and 100 <= status < 200:
                continue
            self._sink.head(first, headers)
            if status not in (204, 304):
                yield from self._body(status, headers)
            self._sink.end()

    def _body(self, status: int | None, headers: dict[str, str]):
        is_events = headers.get("content-type", "").startswith("text/event-stream")
        events = EventReader(self._sink) if is_events and status else None
        body = bytearray()
        take = events.feed if events else body.extend
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int((yield from self._line()).split(b";")[0], 16):
                take((yield from self._take(size)))
                yield from self._line()
            while (yield from self._line()):
                pass
        elif "content-length" in headers:
            take((yield from self._take(int(headers["content-length"]))))
        elif status is not None:
            while True:
                take((yield from self._take(len(self._buffer) or 1)))
        if not events and (body or status is None):
            self._sink.body(bytes(body))


class EventReader:
    """Cuts an event stream into events."""

    def __init__(self, sink: Sink):
        self._sink = sink
        self._pending: list[bytes] = []
        self._fields: dict[str, Any] = {}
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
                    self._sink.fault("an event with more than one data line")
                text = b"\n".join(self._data).decode("utf-8", errors="surrogateescape")
                self._sink.event({"name": "message", **self._fields, "data": text})
            elif "id" in self._fields or "name" in self._fields:
                self._sink.fault("an event without a data line")
            self._fields, self._data = {}, []
        elif name == b"data":
            self._data.append(value)
        elif name in (b"event", b"id", b"retry"):
            key = "name" if name == b"event" else name.decode()
            self._fields[key] = value.decode("utf-8", errors="surrogateescape")
        elif name:
            self._sink.fault(f"an event line that means nothing: {line[:80]!r}")
