# SPDX-License-Identifier: Apache-2.0
"""What tests in Swift and the soak recorded: files of raw bytes, of many connections and channels at once.

Other than the conversations of official clients, these hold what clients get wrong on purpose, connections that end
anywhere, and ids that are used twice. So only the messages are judged here, each for itself, and what each of them is an
answer to is found out as well as can be: every message of the server must be valid, and every message of a client that the
server took, unless the test marked it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import projection
from conversation import DELIBERATE
from exchanges import Exchange
from http_reader import HTTPReader
from message_rules import CLAIM, SUBSCRIPTION, MessageRules
from schema import MODERN, REVISIONS

NEWEST_LEGACY = REVISIONS[-2]
MAX_HEADER = 1000


@dataclass
class Asked:
    """A request of the client, answered or not."""

    method: str
    revision: str | None
    message: dict[str, Any]
    is_broken: bool
    is_answered: bool = False

    @property
    def params(self) -> dict[str, Any]:
        params = self.message.get("params")
        return params if isinstance(params, dict) else {}


@dataclass
class Tally:
    """What all recordings came to."""

    rules: MessageRules
    faults: list[str] = field(default_factory=list)
    messages: int = 0
    kinds: set[tuple[str, str]] = field(default_factory=set)
    revisions: set[str] = field(default_factory=set)
    # Judging takes long, and floods repeat themselves.
    known: dict[str, list[str]] = field(default_factory=dict)

    def judge(
        self, side: str, revision: str, message: Any, answers: str | None = None, params: dict | None = None
    ) -> list[str]:
        """What is wrong with a message, which is not counted yet."""
        plain = {**message, "id": type(message["id"]).__name__} if isinstance(message.get("id"), (int, str)) else message
        key = json.dumps([side, revision, answers, bool(params and "task" in params), plain], sort_keys=True)
        if len(key) > 65_536:
            return self._judged(side, revision, message, answers, params)
        if key not in self.known:
            self.known[key] = self._judged(side, revision, message, answers, params)
        return self.known[key]

    def _judged(self, side: str, revision: str, message: Any, answers: str | None, params: dict | None) -> list[str]:
        if side == "server":
            return self.rules.server(revision, message, answers, params)
        return self.rules.client(revision, message, answers)

    def count(self, side: str, revision: str, message: dict[str, Any], answers: str | None) -> None:
        self.messages += 1
        self.revisions.add(revision)
        if "method" in message:
            kind = str(message["method"])
        elif "error" in message:
            kind = f"error {message['error'].get('code') if isinstance(message['error'], dict) else None}"
        else:
            kind = f"result of {answers}"
        self.kinds.add((side, kind))

    def fault(self, where: str, text: str, message: Any = None) -> None:
        shown = "" if message is None else f" in {json.dumps(message)[:400]}"
        self.faults.append(f"{where}: {text}{shown}")


class Talk:
    """The messages of one channel, one session, or one request that stands alone."""

    def __init__(self, tally: Tally, where: str, revision: str | None = None):
        self._tally = tally
        self.where = where
        self.revision = revision
        self._requests: dict[str, list[Asked]] = {}
        self._progress: dict[str, str | None] = {}
        self._questions: dict[str, str] = {}
        self._tools: dict[tuple[str, str], dict[str, Any]] = {}

    # Client

    def client(self, message: Any, is_broken: bool = False) -> None:
        for entry in message if isinstance(message, list) else [message]:
            if isinstance(entry, dict):
                self._client_entry(entry, is_broken)

    def _client_entry(self, entry: dict[str, Any], is_broken: bool) -> None:
        method, params = entry.get("method"), entry.get("params")
        params = params if isinstance(params, dict) else {}
        meta = params.get("_meta")
        meta = meta if isinstance(meta, dict) else {}
        is_broken = is_broken or DELIBERATE in meta
        if not isinstance(method, str):
            self._client_answer(entry, is_broken)
            return
        given = meta.get(CLAIM)
        revision = MODERN if given is not None and given not in REVISIONS[:-1] else self.revision
        if method == "initialize" and revision is None:
            wanted = params.get("protocolVersion")
            revision = wanted if wanted in REVISIONS[:-1] else NEWEST_LEGACY
        if "progressToken" in meta:
            self._progress[json.dumps(meta["progressToken"])] = revision
        if "id" in entry:
            # A request is judged when it is known that the server took it.
            asked = Asked(method, revision, entry, is_broken)
            self._requests.setdefault(json.dumps(entry["id"]), []).append(asked)
        elif not is_broken and revision is not None:
            self._judge_client(revision, entry)

    def _client_answer(self, entry: dict[str, Any], is_broken: bool) -> None:
        method = self._questions.get(json.dumps(entry.get("id")))
        if method is not None and not is_broken and self.revision is not None:
            self._judge_client(self.revision, entry, method)

    def _judge_client(self, revision: str, entry: dict[str, Any], method: str | None = None) -> None:
        self._tally.count("client", revision, entry, method)
        for fault in self._tally.judge("client", revision, entry, method):
            self._tally.fault(self.where, fault, entry)

    # Server

    def server(self, text: bytes) -> None:
        try:
            message = json.loads(text.decode("utf-8"), object_pairs_hook=_without_duplicates)
        except ValueError as error:
            self._tally.fault(self.where, f"not JSON in UTF-8: {error}: {text[:200]!r}")
            return
        entries = message if isinstance(message, list) else [message]
        if isinstance(message, list) and (self.revision != "2025-03-26" or not message):
            self._tally.fault(self.where, f"a batch in {self.revision}", message)
        for entry in entries:
            if not isinstance(entry, dict):
                self._tally.fault(self.where, "a message that is no object", entry)
            elif "method" in entry:
                self._server_call(entry)
            else:
                self._server_answer(entry)

    def _server_call(self, message: dict[str, Any]) -> None:
        params = message.get("params")
        params = params if isinstance(params, dict) else {}
        meta = params.get("_meta")
        revisions = [self.revision or MODERN]
        if isinstance(meta, dict) and SUBSCRIPTION in meta:
            revisions = [MODERN]
        elif message["method"] == "notifications/progress":
            told = self._progress.get(json.dumps(params.get("progressToken")))
            revisions = [told or revisions[0]]
        elif "id" not in message and self._has_modern_request():
            # Both eras speak on one channel, and nothing in a log message says of which it is.
            revisions.append(MODERN)
        found: list[list[str]] = []
        for revision in revisions:
            found.append(self._tally.judge("server", revision, message))
            if not found[-1]:
                break
        self._tally.count("server", revision, message, None)
        if "id" in message:
            self._questions[json.dumps(message["id"])] = message["method"]
        if found[-1]:
            for fault in found[0]:
                self._tally.fault(self.where, fault, message)

    def _has_modern_request(self) -> bool:
        return any(asked.revision == MODERN for several in self._requests.values() for asked in several)

    def _server_answer(self, message: dict[str, Any]) -> None:
        is_error = "error" in message
        several = self._requests.get(json.dumps(message.get("id"))) if message.get("id") is not None else None
        if several is None and is_error:
            revision = self.revision or (MODERN if self._has_modern_request() else NEWEST_LEGACY)
            self._tally.count("server", revision, message, None)
            for fault in self._tally.judge("server", revision, message):
                self._tally.fault(self.where, fault, message)
            return
        if several is None:
            self._tally.count("server", self.revision or MODERN, message, None)
            self._tally.fault(self.where, "a result that answers nothing", message)
            return
        # An id may be used again, and an answer told again.
        waiting = [asked for asked in several if not asked.is_answered] or several
        first: tuple[Asked, str, list[str]] | None = None
        for asked in (*waiting, *(other for other in several if other not in waiting)):
            revision = self._revision_of(asked, message)
            faults = self._tally.judge("server", revision, message, asked.method, asked.params)
            first = first or (asked, revision, faults)
            if not faults:
                first = (asked, revision, faults)
                break
        asked, revision, faults = first
        self._tally.count("server", revision, message, asked.method)
        for fault in faults:
            self._tally.fault(self.where, fault, message)
        if not asked.is_answered and not is_error:
            if not asked.is_broken:
                self._judge_client(revision, asked.message)
            if not faults:
                self._follow(revision, asked, message["result"])
        asked.is_answered = True

    def _revision_of(self, asked: Asked, message: dict[str, Any]) -> str:
        if asked.method == "initialize" and asked.revision != MODERN and isinstance(message.get("result"), dict):
            agreed = message["result"].get("protocolVersion")
            self.revision = agreed if agreed in REVISIONS[:-1] else NEWEST_LEGACY
            return self.revision
        return asked.revision or self.revision or NEWEST_LEGACY

    def _follow(self, revision: str, asked: Asked, result: dict[str, Any]) -> None:
        """Holds the structured content of a call against the tool's own schema, where a list told it."""
        if asked.method == "tools/list":
            for tool in result["tools"]:
                self._tools[revision, tool["name"]] = tool
        elif asked.method == "tools/call" and "content" in result:
            tool = self._tools.get((revision, str(asked.params.get("name"))))
            for fault in projection.structure_faults(revision, tool, result) if tool else []:
                self._tally.fault(self.where, fault, result)


class Lines:
    """A channel on which each line is a message."""

    def __init__(self, talk: Talk):
        self._talk = talk
        self._rest = {"client": b"", "server": b""}
        self._is_broken = False

    def feed(self, side: str, data: bytes, is_broken: bool) -> None:
        self._is_broken = self._is_broken or is_broken
        *lines, self._rest[side] = (self._rest[side] + data).split(b"\n")
        for line in lines:
            if side == "server":
                self._talk.server(line)
            elif line.strip():
                try:
                    self._talk.client(json.loads(line), self._is_broken)
                except (ValueError, RecursionError):
                    pass
        if side == "client" and lines:
            self._is_broken = False


class Site:
    """The sessions of all HTTP servers of a process, by ids that are random enough for all of them."""

    def __init__(self, tally: Tally):
        self.tally = tally
        self.sessions: dict[str, Talk] = {}


@dataclass
class Pending:
    """A request over HTTP that is not answered yet."""

    exchange: Exchange
    talk: Talk | None


class AnswerReader(HTTPReader):
    """Reads answers, of which those to HEAD have no body."""

    def __init__(self, sink: "_ServerSide"):
        self._side = sink
        super().__init__(sink)

    def _body(self, status: int | None, headers: dict[str, str]):
        if not self._side.is_without_body:
            yield from super()._body(status, headers)


class Connection:
    """One HTTP connection, and the exchanges on it."""

    def __init__(self, site: Site, where: str):
        self._site = site
        self.where = where
        self._open: list[Pending] = []
        self._latest: Pending | None = None
        self._count = 0
        self._is_readable = True
        self._is_broken = False
        self._client = HTTPReader(_ClientSide(self))
        self._server = AnswerReader(_ServerSide(self))

    def feed(self, side: str, data: bytes, is_broken: bool) -> None:
        if side == "server":
            self._server.feed(data)
            return
        self._is_broken = is_broken
        if self._is_readable:
            self._client.feed(data)

    # Requests

    def unreadable(self) -> None:
        """What follows on the connection is no HTTP, or nobody knows where its messages begin."""
        self._is_readable = False

    def began(self, first: str, headers: dict[str, str]) -> None:
        parts = first.split(" ")
        if len(parts) != 3:
            self._is_readable = False
            return
        place = urlsplit(parts[1])
        self._count += 1
        exchange = Exchange(self._count, parts[0], place.path, place.query, headers)
        self._latest = Pending(exchange, self._talk(exchange))
        self._open.append(self._latest)

    def asked(self, body: bytes) -> None:
        pending = self._latest
        if pending is None:
            return
        try:
            pending.exchange.body = json.loads(body)
        except (ValueError, RecursionError):
            return
        pending.talk = self._talk(pending.exchange)
        if pending.talk is not None:
            pending.talk.client(pending.exchange.body, self._is_broken)

    def _talk(self, exchange: Exchange) -> Talk | None:
        if exchange.path.endswith("/messages"):
            session = (parse_qs(exchange.query).get("session_id") or [""])[0]
            return self._site.sessions.get(session)
        if exchange.method == "POST" and exchange.body is not None:
            is_opening = isinstance(exchange.body, dict) and exchange.body.get("method") == "initialize"
            if exchange.is_modern or (is_opening and "mcp-session-id" not in exchange.headers):
                return Talk(self._site.tally, self.where, MODERN if exchange.is_modern else None)
        session = exchange.headers.get("mcp-session-id", "")
        return self._site.sessions.get(session)

    # Answers

    def next_answer(self) -> Pending:
        return self._open.pop(0) if self._open else Pending(Exchange(0, "?", "?", "", {}), None)

    def opened(self, session: str, talk: Talk | None) -> None:
        if talk is not None:
            self._site.sessions.setdefault(session, talk)

    def channel(self, data: str) -> Talk:
        talk = Talk(self._site.tally, self.where)
        session = (parse_qs(urlsplit(data).query).get("session_id") or [""])[0]
        self._site.sessions[session] = talk
        return talk

    def fault(self, text: str) -> None:
        self._site.tally.fault(self.where, text)

    def refused(self, exchange: Exchange, status: int, body: bytes) -> None:
        """Judges an error that belongs to no conversation."""
        talk = Talk(self._site.tally, f"{self.where} {status}", MODERN if exchange.is_modern else NEWEST_LEGACY)
        talk.server(body)


class _ClientSide:
    def __init__(self, connection: Connection):
        self._connection = connection

    def head(self, first: str, headers: dict[str, str]) -> None:
        self._connection.began(first, headers)

    def body(self, data: bytes) -> None:
        self._connection.asked(data)

    def event(self, event: dict[str, Any]) -> None:
        pass

    def end(self) -> None:
        pass

    def fault(self, text: str) -> None:
        self._connection.unreadable()


class _ServerSide:
    def __init__(self, connection: Connection):
        self._connection = connection
        self._exchange = Exchange(0, "?", "?", "", {})
        self._talk: Talk | None = None
        self._status = 0
        self._headers: dict[str, str] = {}

    @property
    def is_without_body(self) -> bool:
        return self._exchange.method == "HEAD"

    def head(self, first: str, headers: dict[str, str]) -> None:
        pending = self._connection.next_answer()
        self._exchange, self._talk = pending.exchange, pending.talk
        self._status, self._headers = int(first.split()[1]), headers
        session = headers.get("mcp-session-id")
        if session is not None and self._status == 200:
            self._connection.opened(session, self._talk)

    def body(self, data: bytes) -> None:
        exchange = self._exchange
        if not self._headers.get("content-type", "").startswith("application/json"):
            return
        if b'"jsonrpc"' not in data:
            if self._status == 200 and exchange.path.endswith("/mcp") and "/.well-known/" not in exchange.path:
                self._connection.fault(f"an answer of {exchange.path} that is no message: {data[:200]!r}")
        elif self._talk is None:
            self._connection.refused(exchange, self._status, data)
        else:
            self._talk.server(data)

    def event(self, event: dict[str, Any]) -> None:
        data = event["data"]
        if event["name"] == "endpoint":
            self._talk = self._connection.channel(data)
        elif event["name"] != "message":
            self._connection.fault(f"an event of kind {event['name']!r}")
        elif data and self._talk is not None:
            self._talk.server(data.encode("utf-8", errors="surrogateescape"))
        elif data:
            self._connection.fault(f"an event for no session: {data[:200]}")

    def end(self) -> None:
        pass

    def fault(self, text: str) -> None:
        self._connection.fault(f"{text} in the answer to {self._exchange.method} {self._exchange.path}")


def entries(path: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The entries of a recording: a header, and the bytes that follow it."""
    with open(path, "rb") as file:
        while line := file.readline(MAX_HEADER):
            header = json.loads(line)
            data = b""
            if "count" in header:
                data = file.read(header["count"])
                if len(data) < header["count"] or file.read(1) != b"\n":
                    raise ValueError("an entry is cut")
                if "skipped" in header:
                    data = data[:header["head"]] + b"?" * header["skipped"] + data[header["head"]:]
            yield header, data


def judge(path: Path, tally: Tally) -> None:
    """Judges the recording of one process."""
    site = Site(tally)
    wires: dict[int, Lines | Connection] = {}
    for header, data in entries(path):
        if header.get("isFull"):
            tally.fault(path.name, "the recording was longer than one may be, so not all of it was checked")
            return
        number = header["wire"]
        where = f"{path.name} {number}"
        if "framing" in header:
            is_lines = header["framing"] == "lines"
            wires[number] = Lines(Talk(tally, where, header.get("revision"))) if is_lines else Connection(site, where)
        else:
            wires[number].feed(header["from"], data, bool(header.get("broken")))


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice")
    return result
