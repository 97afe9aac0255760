# SPDX-License-Identifier: Apache-2.0
"""Sorts recorded HTTP exchanges into conversations, and says which messages may go where."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from conversation import Conversation, Shared
from message_rules import CLAIM
from schema import MODERN, REVISIONS

# A check that sends what must be refused says with this header which status it waits for.
EXPECTED = "x-expect-status"
# Statuses of JSON-RPC errors of the newest revision.
MODERN_STATUSES = {
    -32700: {400}, -32600: {400, 406}, -32601: {404}, -32602: {200, 400}, -32603: {200}, -32020: {400}, -32021: {400},
    -32022: {400},
}


@dataclass
class Exchange:
    number: int
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any = None
    conversation: Conversation | None = None
    # The body needs a conversation that only the answer names.
    is_opening: bool = False
    status: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    events: int = 0
    stream: str | None = None
    messages: int = 0

    @property
    def is_modern(self) -> bool:
        claim = _claim(self.body)
        header = self.headers.get("mcp-protocol-version")
        if claim is not None and (claim not in REVISIONS[:-1] or header not in (None, claim)):
            return True
        return claim is None and header is not None and header not in REVISIONS[:-1]

    @property
    def is_alone(self) -> bool:
        """Whether the exchange is all there is of its conversation."""
        return self.method == "POST" and self.path.endswith("/mcp") and self.is_modern

    @property
    def requests(self) -> bool:
        entries = self.body if isinstance(self.body, list) else [self.body]
        return any(isinstance(entry, dict) and "method" in entry and "id" in entry for entry in entries)


def _claim(body: Any) -> Any:
    if not isinstance(body, dict):
        return None
    params = body.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    return meta.get(CLAIM) if isinstance(meta, dict) else None


class Exchanges:
    """All that one HTTP server was asked and answered."""

    def __init__(self, shared: Shared):
        self._shared = shared
        self._exchanges: dict[int, Exchange] = {}
        # By session id, for /mcp and /sse alike.
        self._sessions: dict[str, Conversation] = {}
        self._deleted: set[str] = set()
        # Which exchange began a stream of a session, and what its events were.
        self._streams: dict[tuple[str, str], int] = {}
        self._events: dict[tuple[str, str], tuple[int, str]] = {}
        self._alone: list[Conversation] = []
        self._ended_early: list[Exchange] = []

    def _fault(self, text: str) -> None:
        self._shared.faults.append(text)

    def take(self, kind: str, content: Any, number: int) -> None:
        if kind == "request":
            place = urlsplit(content["path"])
            self._exchanges[number] = Exchange(number, content["method"], place.path, place.query, content["headers"])
            return
        exchange = self._exchanges.get(number)
        if exchange is None:
            self._fault(f"{kind} of an exchange that nobody began")
        elif kind == "client":
            self._client(exchange, content)
        elif kind == "status":
            self._status(exchange, content["status"], content["headers"])
        elif kind == "server":
            self._body(exchange, content)
        elif kind == "event":
            self._event(exchange, content)
        elif kind == "end":
            self._end(exchange, content)

    def finish(self) -> None:
        for exchange in self._ended_early:
            if exchange.conversation is not None and not exchange.conversation.is_over:
                self._fault(f"POST {exchange.path}: the stream ended without an answer")
        for conversation in (*self._sessions.values(), *self._alone):
            conversation.finish()

    # Requests

    def _client(self, exchange: Exchange, body: str) -> None:
        try:
            exchange.body = json.loads(body)
        except ValueError:
            if EXPECTED not in exchange.headers:
                self._fault(f"client: not JSON: {body[:100]!r}")
            return
        if exchange.path.endswith("/messages"):
            session = (parse_qs(exchange.query).get("session_id") or [""])[0]
            exchange.conversation = self._sessions.get(session)
        elif exchange.is_modern:
            exchange.conversation = Conversation(self._shared)
            self._alone.append(exchange.conversation)
        elif isinstance(exchange.body, dict) and exchange.body.get("method") == "initialize":
            exchange.conversation = Conversation(self._shared)
            exchange.is_opening = True
        else:
            exchange.conversation = self._sessions.get(exchange.headers.get("mcp-session-id", ""))
        if exchange.conversation is not None and not self._is_refused(exchange):
            exchange.conversation.take_client(exchange.body, exchange.number)

    @staticmethod
    def _is_refused(exchange: Exchange) -> bool:
        """Whether the check knows that the request does not get to where messages are read."""
        return exchange.headers.get(EXPECTED, "200") in ("401", "403", "404", "405", "421")

    # Answers

    def _status(self, exchange: Exchange, status: int, headers: dict[str, str]) -> None:
        exchange.status, exchange.answer_headers = status, headers
        what = f"{exchange.method} {exchange.path}"
        session = exchange.headers.get("mcp-session-id")
        if EXPECTED in exchange.headers:
            if status != int(exchange.headers[EXPECTED]):
                self._fault(f"{what}: status {status}, not {exchange.headers[EXPECTED]}")
        elif status not in self._statuses(exchange):
            if not (status == 404 and session in self._deleted) and not self._is_over(exchange):
                self._fault(f"{what}: status {status}")
        if status == 401 and not headers.get("www-authenticate", "").lower().startswith("bearer"):
            self._fault(f"{what}: 401 without a challenge")
        if exchange.method == "DELETE" and status in (200, 204) and session is not None:
            self._deleted.add(session)
            if session in self._sessions:
                self._sessions[session].is_over = True
        minted = headers.get("mcp-session-id")
        if exchange.is_opening and status == 200:
            if not minted or not all("!" <= letter <= "~" for letter in minted) or len(minted) < 22:
                self._fault(f"{what}: no usable session id")
            elif exchange.conversation is not None:
                if minted in self._sessions:
                    self._fault(f"{what}: the id of another session")
                self._sessions[minted] = exchange.conversation
        elif minted is not None and (exchange.is_modern or minted != session):
            self._fault(f"{what}: a session id that nobody needs")
        if self._is_stream(exchange):
            self._stream_head(exchange, what)

    def _is_over(self, exchange: Exchange) -> bool:
        """Whether a client wants to go on with the stream of a call that it had cancelled, as some versions do."""
        session = exchange.headers.get("mcp-session-id", "")
        begun_by = self._streams.get((session, exchange.headers.get("last-event-id", "").rpartition("-")[0]))
        conversation = self._sessions.get(session)
        if exchange.status != 400 or begun_by is None or conversation is None:
            return False
        return conversation.was_cancelled(begun_by)

    def _stream_head(self, exchange: Exchange, what: str) -> None:
        if "no-" not in exchange.answer_headers.get("cache-control", ""):
            self._fault(f"{what}: a stream that may be cached")

    @staticmethod
    def _is_stream(exchange: Exchange) -> bool:
        return exchange.answer_headers.get("content-type", "").startswith("text/event-stream")

    @staticmethod
    def _statuses(exchange: Exchange) -> set[int]:
        if exchange.path.endswith("/messages"):
            return {202}
        if exchange.method == "DELETE":
            return {200, 204}
        if exchange.method == "GET":
            return {200}
        if exchange.is_modern:
            # Which of them is right is seen when the error is read.
            return {200, 400, 404, 406} if exchange.requests else {202}
        return {200} if exchange.requests else {202}

    def _body(self, exchange: Exchange, text: str) -> None:
        what = f"{exchange.method} {exchange.path}"
        is_json = exchange.answer_headers.get("content-type", "").startswith("application/json")
        if exchange.path.endswith("/mcp") and exchange.status == 202 and text:
            self._fault(f"{what}: a body with status 202")
        if exchange.path.endswith("/health") or not text or not is_json:
            if text and exchange.path.endswith("/mcp") and exchange.status == 200:
                self._fault(f"{what}: a body that is neither JSON nor a stream")
            return
        exchange.messages += 1
        conversation = exchange.conversation
        if conversation is None or self._is_refused(exchange):
            # A refusal at the door belongs to no conversation.
            self._refusal(exchange, text)
            return
        conversation.take_server(text, exchange.number, conversation.open_of(exchange.number))
        if exchange.is_alone:
            self._hold_against_status(exchange, text)

    def _refusal(self, exchange: Exchange, text: str) -> None:
        self._shared.messages += 1
        try:
            message = json.loads(text)
        except ValueError:
            self._fault(f"{exchange.method} {exchange.path}: status {exchange.status} with a body that is no JSON")
            return
        revision = MODERN if exchange.is_modern else REVISIONS[-2]
        if isinstance(message, dict) and "error" in message and "jsonrpc" in message:
            self._shared.faults += self._shared.rules.server(revision, message)

    def _hold_against_status(self, exchange: Exchange, text: str) -> None:
        try:
            code = json.loads(text)["error"]["code"]
        except (ValueError, KeyError, TypeError):
            if exchange.status != 200:
                self._fault(f"a result with status {exchange.status}")
            return
        if exchange.status not in MODERN_STATUSES.get(code, {200}):
            self._fault(f"error {code} with status {exchange.status}")

    # Streams

    def _event(self, exchange: Exchange, event: dict[str, Any]) -> None:
        name, data, identifier = event["name"], event["data"], event.get("id")
        what = f"{exchange.method} {exchange.path}"
        exchange.events += 1
        if exchange.path.endswith("/sse"):
            self._channel_event(exchange, name, data)
            return
        if name != "message":
            self._fault(f"{what}: an event of kind {name!r}")
            return
        conversation = exchange.conversation
        session = exchange.headers.get("mcp-session-id", "")
        if exchange.is_alone:
            if identifier is not None or event.get("retry") is not None:
                self._fault(f"{what}: an event with id or retry in {MODERN}")
            if conversation is not None:
                exchange.messages += 1
                conversation.take_server(data, exchange.number, conversation.open_of(exchange.number))
            return
        if conversation is None:
            conversation = exchange.conversation = self._sessions.get(session)
        if conversation is None:
            self._fault(f"{what}: an event for no session")
            return
        if not self._is_new_event(exchange, session, conversation, event, what):
            return
        if exchange.method == "POST":
            allowed = conversation.open_of(exchange.number)
        else:
            # The general stream answers nothing; one that is gone on with answers what began it.
            is_resumed = "last-event-id" in exchange.headers
            begun_by = self._streams.get((session, exchange.stream or "")) if is_resumed else None
            allowed = conversation.open_of(begun_by) if begun_by is not None else set()
        if data:
            exchange.messages += 1
            conversation.take_server(data, exchange.number, allowed)

    def _is_new_event(
        self, exchange: Exchange, session: str, conversation: Conversation, event: dict[str, Any], what: str
    ) -> bool:
        """Keeps the rules of event ids; false for an event that is told again."""
        data, identifier = event["data"], event.get("id")
        is_first = exchange.events == 1
        if is_first and exchange.method == "POST" and conversation.revision == "2025-11-25":
            if data or not identifier or event.get("retry") is None:
                self._fault(f"{what}: the stream does not begin with an empty event with id and retry")
        if not data and conversation.revision != "2025-11-25":
            self._fault(f"{what}: an event without data in {conversation.revision}")
        if not identifier:
            self._fault(f"{what}: an event without an id")
            return True
        stream = identifier.rpartition("-")[0]
        if exchange.stream is None:
            exchange.stream = stream
            if exchange.method == "POST":
                self._streams[session, stream] = exchange.number
            elif (last := exchange.headers.get("last-event-id")) and last.rpartition("-")[0] != stream:
                self._fault(f"{what}: events of another stream than the one that is gone on with")
        elif exchange.stream != stream:
            self._fault(f"{what}: events of two streams")
        known = self._events.setdefault((session, identifier), (exchange.number, data))
        if known[0] == exchange.number and known[1] == data:
            return True
        if "last-event-id" not in exchange.headers:
            self._fault(f"{what}: event id {identifier} stands for two events")
        elif known[1] != data:
            self._fault(f"{what}: event {identifier} has changed")
        return False

    def _channel_event(self, exchange: Exchange, name: str, data: str) -> None:
        if exchange.events == 1:
            place = urlsplit(data)
            session = (parse_qs(place.query).get("session_id") or [""])[0]
            if name != "endpoint" or place.scheme or place.netloc or not place.path.endswith("/messages"):
                self._fault(f"the first event names no relative address below /messages: {name} {data}")
            if len(session) < 32 or session in self._sessions:
                self._fault(f"no session id of 128 bits: {data}")
            exchange.conversation = self._sessions[session] = Conversation(self._shared)
        elif name != "message":
            self._fault(f"an event of kind {name!r}")
        elif exchange.conversation is not None:
            exchange.messages += 1
            exchange.conversation.take_server(data)

    # Ends

    def _end(self, exchange: Exchange, by: str) -> None:
        conversation = exchange.conversation
        if conversation is None:
            return
        if exchange.path.endswith("/sse"):
            conversation.is_over = True
            if by == "server" or by == "complete":
                conversation.is_over = False
                self._fault("the server ended an /sse stream")
        elif exchange.is_alone:
            if by in ("client", "cut"):
                conversation.drop()
            elif left := conversation.open_of(exchange.number):
                self._fault(f"POST {exchange.path} ended without the answer to {', '.join(sorted(left))}")
                conversation.drop()
        elif exchange.method == "POST" and by == "complete" and self._is_stream(exchange):
            # A stream of a session may end early only where it can be gone on with, or with the session.
            if conversation.open_of(exchange.number) and not exchange.stream:
                self._ended_early.append(exchange)
