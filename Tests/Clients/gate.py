# SPDX-License-Identifier: Apache-2.0
"""Holds recorded conversations against the published schemas: gate.py SCHEMAS RECORDING

Every message that the server sent must be valid for the revision in force on that exchange: its definition is chosen by
its method, or by the method that it answers. Prints one line a fault and a count as its last line.
"""

import collections
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import recording

CLAIM = "io.modelcontextprotocol/protocolVersion"
MODERN = "2026-07-28"
OLDEST = ("2024-11-05", "2025-03-26", "2025-06-18")
WITHOUT_STRUCTURE = ("2024-11-05", "2025-03-26")
MAX_TEXT_COPY = 262_144
ERROR_DEFINITIONS = {
    -32020: "HeaderMismatchError",
    -32021: "MissingRequiredClientCapabilityError",
    -32022: "UnsupportedProtocolVersionError",
}


class Schema:
    """The definitions of one revision."""

    def __init__(self, path: Path):
        document = json.loads(path.read_text(encoding="utf-8"))
        self._place = "$defs" if "$defs" in document else "definitions"
        self._document = document
        self.definitions: dict[str, Any] = document[self._place]
        self._checker = jsonschema.validators.validator_for(document)
        self._validators: dict[str, Any] = {}
        self._by_method: dict[str, str] = {}
        for name, definition in self.definitions.items():
            method = definition.get("properties", {}).get("method", {}).get("const")
            if method and name.endswith(("Request", "Notification")) and name not in ("ClientNotification",):
                self._by_method[method] = name

    def for_method(self, method: str) -> str | None:
        return self._by_method.get(method)

    def for_answer(self, method: str) -> str | None:
        request = self.for_method(method)
        if request is None:
            return None
        result = request.removesuffix("Request") + "Result"
        return result if result in self.definitions else "EmptyResult"

    def first_of(self, *names: str) -> str:
        return next(name for name in names if name in self.definitions)

    def fault(self, name: str, value: Any) -> str | None:
        if name not in self._validators:
            document = {
                "$schema": self._document["$schema"],
                self._place: self.definitions,
                "$ref": f"#/{self._place}/{name}",
            }
            self._validators[name] = self._checker(document)
        error = jsonschema.exceptions.best_match(self._validators[name].iter_errors(value))
        if error is None:
            return None
        where = "/".join(str(part) for part in error.absolute_path)
        return f"{name}: {where or 'the whole'}: {error.message[:300]}"


class Gate:
    """Reads one conversation in order and collects what is wrong with it."""

    def __init__(self, schemas: dict[str, Schema]):
        self._schemas = schemas
        self._session_revision: str | None = None
        self._pending: dict[str, tuple[str, str | None, dict[str, Any]]] = {}
        self._cancelled: set[str] = set()
        self._tools: dict[str, dict[str, Any]] = {}
        self.faults: list[str] = []
        self.messages = 0

    def take(self, kind: str, content: str | int) -> None:
        if kind == "client":
            self._client(json.loads(content))
        elif kind == "server":
            self._server_text(str(content))
        elif kind == "endpoint":
            if not str(content).startswith("/messages?session_id="):
                self._fault(f"the endpoint is not a relative address below /messages: {content}")
        elif kind == "status":
            if content not in (200, 202):
                self._fault(f"HTTP status {content}")
        elif kind == "fault":
            self._fault(f"framing: {content}")
        elif kind == "exit":
            if content != 0:
                self._fault(f"the server ended with exit status {content}")

    def finish(self) -> None:
        for method, _, _ in self._pending.values():
            self._fault(f"no answer to {method}")
        if self.messages == 0:
            self._fault("the server sent no message")

    def _fault(self, text: str) -> None:
        self.faults.append(text)

    def _client(self, message: Any) -> None:
        for entry in message if isinstance(message, list) else [message]:
            method = entry.get("method")
            params = entry.get("params") or {}
            if method == "notifications/cancelled":
                key = json.dumps(params.get("requestId"))
                if self._pending.pop(key, None) is not None:
                    self._cancelled.add(key)
            elif method and "id" in entry:
                claim = (params.get("_meta") or {}).get(CLAIM)
                revision = claim if claim in self._schemas else None
                self._pending[json.dumps(entry["id"])] = (method, revision, params)

    def _server_text(self, text: str) -> None:
        self.messages += 1
        try:
            text.encode("utf-8")
            message = json.loads(text, object_pairs_hook=_without_duplicates)
        except (UnicodeEncodeError, ValueError) as error:
            self._fault(f"not JSON in UTF-8: {error}: {text[:100]!r}")
            return
        if isinstance(message, list):
            if self._session_revision != "2025-03-26":
                self._fault("a batch outside the revision that has them")
            for entry in message:
                self._server(entry)
        else:
            self._server(message)

    def _server(self, message: Any) -> None:
        if not isinstance(message, dict):
            self._fault(f"a message that is no object: {message!r:.100}")
        elif "method" in message:
            self._server_call(message)
        elif "error" in message:
            self._server_error(message)
        else:
            self._server_result(message)

    def _server_call(self, message: dict[str, Any]) -> None:
        revision = self._session_revision or MODERN
        schema = self._schemas[revision]
        name = schema.for_method(message["method"])
        if name is None:
            self._fault(f"{message['method']} does not exist in {revision}")
            return
        if ("id" in message) != name.endswith("Request"):
            self._fault(f"{message['method']} is not a {'request' if 'id' in message else 'notification'}")
        if "id" in message and revision == MODERN:
            self._fault(f"a request to a client of {MODERN}: {message['method']}")
        envelope = "JSONRPCRequest" if "id" in message else "JSONRPCNotification"
        self._check(revision, envelope, message)
        self._check(revision, name, message)

    def _server_error(self, message: dict[str, Any]) -> None:
        identifier = message.get("id")
        revision = self._session_revision or MODERN
        if identifier is not None:
            entry = self._answered(message)
            if entry is None:
                return
            revision = entry[1] or revision
        elif revision in OLDEST:
            return
        schema = self._schemas[revision]
        name = schema.first_of("JSONRPCErrorResponse", "JSONRPCError")
        special = ERROR_DEFINITIONS.get(message["error"].get("code")) if isinstance(message["error"], dict) else None
        if revision == MODERN and special in schema.definitions:
            name = special
        self._check(revision, name, message)

    def _server_result(self, message: dict[str, Any]) -> None:
        entry = self._answered(message)
        if entry is None:
            return
        method, claimed, params = entry
        result = message.get("result")
        if method == "initialize" and isinstance(result, dict):
            self._session_revision = result.get("protocolVersion")
            if self._session_revision not in self._schemas or self._session_revision == MODERN:
                self._fault(f"initialize answered with revision {self._session_revision!r}")
                self._session_revision = None
                return
        revision = claimed or self._session_revision
        if revision is None:
            self._fault(f"{method} was answered before any revision was agreed on")
            return
        schema = self._schemas[revision]
        self._check(revision, schema.first_of("JSONRPCResultResponse", "JSONRPCResponse"), message)
        name = schema.for_answer(method)
        if name is None:
            self._fault(f"{method} was answered with success, and does not exist in {revision}")
            return
        if revision == MODERN and isinstance(result, dict) and result.get("resultType") == "input_required":
            name = "InputRequiredResult"
        if self._check(revision, name, result):
            self._projection(revision, method, name, result)
            if method == "tools/list":
                self._listing(revision, result)
            elif method == "tools/call" and name == "CallToolResult":
                self._call(revision, params.get("name"), result)

    def _answered(self, message: dict[str, Any]) -> tuple[str, str | None, dict[str, Any]] | None:
        key = json.dumps(message.get("id"))
        entry = self._pending.pop(key, None)
        if entry is None:
            what = "a cancelled request" if key in self._cancelled else "no open request"
            self._fault(f"an answer to {what}: id {key}")
        return entry

    def _check(self, revision: str, name: str, value: Any) -> bool:
        fault = self._schemas[revision].fault(name, value)
        if fault:
            self._fault(f"{revision} {fault}")
        return fault is None

    def _projection(self, revision: str, method: str, name: str, result: dict[str, Any]) -> None:
        """Members that the schemas let through, and that the revision must not carry all the same."""
        if revision != MODERN:
            strangers = {"resultType", "ttlMs", "cacheScope"} & set(result)
            if strangers:
                self._fault(f"{revision} {method}: members of a later revision: {', '.join(sorted(strangers))}")
            if name == "EmptyResult" and result:
                self._fault(f"{revision} {method}: an empty result with members")
        if revision in WITHOUT_STRUCTURE and "structuredContent" in result:
            self._fault(f"{revision} {method}: structuredContent")
        if method == "initialize":
            capabilities = result.get("capabilities", {})
            late = {"extensions"} if revision != MODERN else set()
            late |= {"tasks"} if revision != "2025-11-25" else set()
            late |= {"completions"} if revision == "2024-11-05" else set()
            for key in late & set(capabilities):
                self._fault(f"{revision} initialize: capability {key}")
            self._members(revision, "serverInfo", result.get("serverInfo", {}))

    def _members(self, revision: str, what: str, item: dict[str, Any]) -> None:
        if revision in WITHOUT_STRUCTURE and "title" in item:
            self._fault(f"{revision} {what}: title")
        if revision in OLDEST:
            for key in {"icons", "websiteUrl"} & set(item):
                self._fault(f"{revision} {what}: {key}")

    def _listing(self, revision: str, result: dict[str, Any]) -> None:
        for tool in result["tools"]:
            what = f"tool {tool['name']}"
            self._tools[tool["name"]] = tool
            self._members(revision, what, tool)
            for key, revisions in (
                ("annotations", REVISIONS_FROM["2025-03-26"]),
                ("outputSchema", REVISIONS_FROM["2025-06-18"]),
                ("_meta", REVISIONS_FROM["2025-06-18"]),
                ("execution", ("2025-11-25",)),
            ):
                if key in tool and revision not in revisions:
                    self._fault(f"{revision} {what}: {key}")
            for key in ("inputSchema", "outputSchema"):
                if key in tool:
                    try:
                        jsonschema.Draft202012Validator.check_schema(tool[key])
                    except jsonschema.SchemaError as error:
                        self._fault(f"{what}: {key} is no schema: {error.message[:200]}")

    def _call(self, revision: str, name: str | None, result: dict[str, Any]) -> None:
        structured = result.get("structuredContent")
        schema = self._tools.get(name or "", {}).get("outputSchema")
        if schema is not None and not result.get("isError"):
            if structured is None:
                self._fault(f"{name}: an output schema, and no structured content")
                return
            error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(structured))
            if error:
                self._fault(f"{name}: not as its output schema says: {error.message[:300]}")
        if structured is not None:
            size = len(json.dumps(structured, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
            copies = [block["text"] for block in result["content"] if block["type"] == "text"]
            if size < MAX_TEXT_COPY - 4096 and not any(_parsed(text) == structured for text in copies):
                self._fault(f"{revision} {name}: no text block holds the structured content")


REVISIONS_FROM = {
    first: tuple(revision for revision in (*OLDEST, "2025-11-25", MODERN) if revision >= first)
    for first in (*OLDEST, "2025-11-25", MODERN)
}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice")
    return result


def load_schemas(folder: Path) -> dict[str, Schema]:
    return {path.parent.name: Schema(path) for path in sorted(folder.glob("20*/schema.json"))}


def main() -> int:
    gate = Gate(load_schemas(Path(sys.argv[1])))
    for kind, content in recording.read(Path(sys.argv[2])):
        gate.take(kind, content)
    gate.finish()
    for fault, times in list(collections.Counter(gate.faults).items())[:50]:
        print(fault if times == 1 else f"{fault} ({times} times)")
    print(f"{gate.messages} messages, {len(gate.faults)} faults")
    return 1 if gate.faults else 0


if __name__ == "__main__":
    sys.exit(main())
