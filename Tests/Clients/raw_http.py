# SPDX-License-Identifier: Apache-2.0
"""HTTP without a client package, for what no package does: cuts, foreign ids, refusals. It blocks; for threads."""

import http.client
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SECONDS = 20
MODERN = "2026-07-28"
FORMS = "application/json, text/event-stream"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Event:
    identifier: str | None
    data: str

    @property
    def message(self) -> dict[str, Any]:
        return json.loads(self.data)


class Stream:
    """An answer that is read event by event."""

    def __init__(self, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse):
        self._connection = connection
        self._answer = answer
        self.status = answer.status

    def events(self) -> Iterator[Event]:
        fields: dict[str, str] = {}
        while line := self._answer.readline():
            text = line.decode("utf-8").rstrip("\r\n")
            if text:
                name, _, value = text.partition(":")
                if name:
                    fields[name] = value.removeprefix(" ")
            elif "data" in fields:
                yield Event(fields.get("id"), fields["data"])
                fields = {}

    def close(self) -> None:
        self._answer.close()
        self._connection.close()


class RawHTTP:
    def __init__(self, url: str):
        place = urlsplit(url)
        self._host, self._port, self.path = place.hostname or "", place.port or 80, place.path

    def request(
        self, method: str, headers: dict[str, str] | None = None, body: Any = None, path: str | None = None,
        expect: int = 200,
    ) -> Reply:
        """Sends a request of its own connection; the gate holds the status against `expect`."""
        connection, answer = self._send(method, headers or {}, body, path, expect)
        try:
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def stream(self, method: str, headers: dict[str, str], body: Any = None, expect: int = 200) -> Stream:
        return Stream(*self._send(method, headers, body, None, expect))

    def _send(
        self, method: str, headers: dict[str, str], body: Any, path: str | None, expect: int
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=SECONDS)
        data = None if body is None else json.dumps(body).encode()
        sent = {"x-expect-status": str(expect), "accept": FORMS, **headers}
        if data is not None:
            sent["content-type"] = "application/json"
        connection.request(method, path or self.path, data, sent)
        return connection, connection.getresponse()


class RawSession:
    """A session of `/mcp` in one of the legacy revisions."""

    def __init__(self, http_: RawHTTP, revision: str):
        self._http = http_
        self._ids = itertools.count(1)
        self._revision = revision
        opened = http_.request("POST", body={
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": {
                "protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"},
            },
        })
        self.headers = {"mcp-session-id": opened.headers["mcp-session-id"]}
        if revision >= "2025-06-18":
            self.headers["mcp-protocol-version"] = revision
        self.post({"jsonrpc": "2.0", "method": "notifications/initialized"}, expect=202)

    def post(self, message: dict[str, Any], expect: int = 200) -> Reply:
        return self._http.request("POST", self.headers, message, expect=expect)

    def ping(self, expect: int = 200) -> Reply:
        return self.post({"jsonrpc": "2.0", "id": next(self._ids), "method": "ping"}, expect)

    def call(self, name: str, arguments: dict[str, Any]) -> tuple[int, Stream]:
        identifier = next(self._ids)
        message = {
            "jsonrpc": "2.0", "id": identifier, "method": "tools/call",
            "params": {"name": name, "arguments": arguments, "_meta": {"progressToken": f"raw-{identifier}"}},
        }
        return identifier, self._http.stream("POST", self.headers, message)

    def resume(self, last: str, expect: int = 200) -> Stream:
        headers = {**self.headers, "accept": "text/event-stream", "last-event-id": last}
        return self._http.stream("GET", headers, expect=expect)

    def get(self, expect: int = 200) -> Reply:
        return self._http.request("GET", {**self.headers, "accept": "text/event-stream"}, expect=expect)

    def delete(self, expect: int = 204) -> Reply:
        return self._http.request("DELETE", self.headers, expect=expect)
