# SPDX-License-Identifier: Apache-2.0
"""What a message must be because of what came before it in the same conversation."""

import json
from dataclasses import dataclass, field
from typing import Any

import projection
from message_rules import CLAIM, SUBSCRIPTION, MessageRules
from schema import MODERN, REVISIONS

CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
LOG_LEVEL = "io.modelcontextprotocol/logLevel"
TASKS = "io.modelcontextprotocol/tasks"
# A check that sends what must be refused or ignored says so with this key of the request's metadata.
DELIBERATE = "cmcp.test/malformed"
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
NEEDED_CAPABILITY = {"elicitation/create": "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots"}
# What a filter of a subscription calls each kind of news.
NEWS = {
    "notifications/tools/list_changed": "toolsListChanged",
    "notifications/prompts/list_changed": "promptsListChanged",
    "notifications/resources/list_changed": "resourcesListChanged",
}


@dataclass
class Request:
    """A request of the client that is not answered yet."""

    method: str
    # The newest revision where it claims it, else None: that of the session.
    claim: str | None
    params: dict[str, Any]
    # The POST that carried it; None on a channel.
    exchange: int | None = None

    @property
    def meta(self) -> dict[str, Any]:
        return self.params.get("_meta") or {}


@dataclass
class Progress:
    request: str
    revision: str | None
    last: float = float("-inf")


@dataclass
class Shared:
    """What all conversations with one server know."""

    rules: MessageRules
    faults: list[str] = field(default_factory=list)
    tools: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    tool_of_task: dict[str, str] = field(default_factory=dict)
    messages: int = 0


class Conversation:
    """A channel, a session, or one request that stands alone."""

    def __init__(self, shared: Shared):
        self._shared = shared
        self.revision: str | None = None
        self.is_over = False
        self._is_ready = False
        self._capabilities: dict[str, Any] = {}
        self._level = "info"
        self._pending: dict[str, Request] = {}
        self._cancelled: set[str] = set()
        self._cancelled_exchanges: set[int | None] = set()
        self._asked: dict[str, str] = {}
        self._progress: dict[str, Progress] = {}
        self._listens: dict[str, dict[str, Any] | None] = {}

    def _fault(self, text: str) -> None:
        self._shared.faults.append(text)

    # Client

    def take_client(self, message: Any, exchange: int | None = None) -> None:
        for entry in message if isinstance(message, list) else [message]:
            if not isinstance(entry, dict):
                self._fault(f"client: a message that is no object: {entry!r:.100}")
            elif "method" not in entry:
                self._client_answer(entry)
            else:
                self._client_call(entry, exchange)

    def _client_call(self, entry: dict[str, Any], exchange: int | None) -> None:
        method, params = entry["method"], entry.get("params") or {}
        given = (params.get("_meta") or {}).get(CLAIM)
        claim = MODERN if given is not None and given not in REVISIONS[:-1] else None
        revision = claim or self.revision
        if method == "initialize" and claim is None:
            wanted = params.get("protocolVersion")
            revision = wanted if wanted in REVISIONS[:-1] else REVISIONS[-2]
            self._capabilities = params.get("capabilities") or {}
        is_deliberate = DELIBERATE in (params.get("_meta") or {})
        if revision is not None and (given is None or given in REVISIONS) and not is_deliberate:
            for fault in self._shared.rules.client(revision, entry):
                self._fault(fault)
        if method == "notifications/cancelled":
            key = json.dumps(params.get("requestId"))
            if (cancelled := self._pending.pop(key, None)) is not None:
                self._cancelled.add(key)
                self._cancelled_exchanges.add(cancelled.exchange)
                self._forget(key)
        elif method == "notifications/initialized":
            self._is_ready = True
        elif "id" in entry:
            key = json.dumps(entry["id"])
            if key in self._pending:
                self._fault(f"client: id {key} is in flight already")
            self._cancelled.discard(key)
            self._pending[key] = Request(method, claim, params, exchange)
            token = (params.get("_meta") or {}).get("progressToken")
            if token is not None:
                self._progress[json.dumps(token)] = Progress(key, revision)
            if method == "subscriptions/listen":
                self._listens[key] = None

    def _client_answer(self, entry: dict[str, Any]) -> None:
        method = self._asked.pop(json.dumps(entry.get("id")), None)
        if method is None:
            return  # The question was withdrawn meanwhile.
        for fault in self._shared.rules.client(self.revision or MODERN, entry, method):
            self._fault(fault)

    # Server

    def take_server(self, text: str, exchange: int | None = None, allowed: set[str] | None = None) -> None:
        """Takes a message of the server; `allowed` are the requests that it may answer where it came."""
        self._shared.messages += 1
        try:
            text.encode("utf-8")
            message = json.loads(text, object_pairs_hook=_without_duplicates)
        except (UnicodeEncodeError, ValueError) as error:
            self._fault(f"not JSON in UTF-8: {error}: {text[:100]!r}")
            return
        if isinstance(message, list) and (self.revision != "2025-03-26" or not message):
            self._fault(f"a batch in {self.revision}")
        for entry in message if isinstance(message, list) else [message]:
            if not isinstance(entry, dict):
                self._fault(f"a message that is no object: {entry!r:.100}")
            elif "method" in entry:
                self._server_call(entry)
            else:
                self._server_answer(entry, allowed)

    def _judge(self, revision: str, message: dict[str, Any], request: Request | None = None) -> bool:
        method, params = (request.method, request.params) if request else (None, None)
        found = self._shared.rules.server(revision, message, method, params)
        self._shared.faults += found
        return not found

    def _server_call(self, message: dict[str, Any]) -> None:
        method, params = message["method"], message.get("params") or {}
        revision = self.revision or MODERN
        if SUBSCRIPTION in (params.get("_meta") or {}):
            revision = MODERN
        if method == "notifications/progress":
            progress = self._progress.get(json.dumps(params.get("progressToken")))
            revision = progress.revision or revision if progress else revision
        if not self._judge(revision, message):
            return
        if revision == MODERN and SUBSCRIPTION in (params.get("_meta") or {}):
            self._news(method, params)
        elif method == "notifications/progress":
            self._progressed(params)
        elif method == "notifications/message":
            self._logged(params)
        elif method == "notifications/cancelled":
            self._asked.pop(json.dumps(params.get("requestId")), None)
        elif "id" in message and method != "ping":
            self._asks(method, message)
        elif "id" not in message and not self._is_ready and revision != MODERN:
            self._fault(f"{method} before the client was ready")

    def _asks(self, method: str, message: dict[str, Any]) -> None:
        key = json.dumps(message["id"])
        if key in self._asked:
            self._fault(f"the server's id {key} is in flight already")
        self._asked[key] = method
        if not self._is_ready:
            self._fault(f"{method} before the client was ready")
        needed = NEEDED_CAPABILITY.get(method)
        if needed and needed not in self._capabilities:
            self._fault(f"{method} to a client without the capability {needed}")

    def _progressed(self, params: dict[str, Any]) -> None:
        token = json.dumps(params["progressToken"])
        progress = self._progress.get(token)
        if progress is None or progress.request in self._cancelled:
            if progress is None:
                self._fault(f"progress with a token of no open request: {token}")
            return
        if params["progress"] <= progress.last:
            self._fault(f"progress {params['progress']} after {progress.last}")
        progress.last = params["progress"]

    def _logged(self, params: dict[str, Any]) -> None:
        if self.revision is not None:
            wanted = self._level
        else:
            levels = [request.meta[LOG_LEVEL] for request in self._pending.values() if LOG_LEVEL in request.meta]
            if not levels:
                self._fault("a log message that no open request asked for")
                return
            wanted = min(levels, key=LEVELS.index)
        if LEVELS.index(params["level"]) < LEVELS.index(wanted):
            self._fault(f"a log message of level {params['level']} where {wanted} is the lowest")

    def _news(self, method: str, params: dict[str, Any]) -> None:
        key = json.dumps(params["_meta"][SUBSCRIPTION])
        if key in self._cancelled:
            return
        if key not in self._listens:
            self._fault(f"{method} for no open subscription: {key}")
            return
        honoured = self._listens[key]
        if method == "notifications/subscriptions/acknowledged":
            if honoured is not None:
                self._fault(f"subscription {key} is acknowledged twice")
            honoured = params["notifications"]
            asked = self._pending[key].params.get("notifications", {})
            for name, value in honoured.items():
                if isinstance(value, list) and not set(value) <= set(asked.get(name) or []):
                    self._fault(f"subscription {key}: {name} has more than was asked for")
                elif value is True and asked.get(name) is not True:
                    self._fault(f"subscription {key}: {name} was not asked for")
            self._listens[key] = honoured
            return
        if honoured is None:
            self._fault(f"{method} before the acknowledgement of {key}")
            return
        wanted = NEWS.get(method)
        if wanted and not honoured.get(wanted):
            self._fault(f"{method} was not asked for by {key}")
        uris = honoured.get("resourceSubscriptions") or []
        if method == "notifications/resources/updated" and params["uri"] not in uris:
            self._fault(f"{method} about {params['uri']}, which {key} does not name")
        if method == "notifications/tasks" and params["taskId"] not in (honoured.get("taskIds") or []):
            self._fault(f"{method} about a task that {key} does not name")

    def _server_answer(self, message: dict[str, Any], allowed: set[str] | None) -> None:
        identifier = message.get("id")
        if identifier is None and "error" in message:
            self._judge(self.revision or MODERN, message)
            return
        key = json.dumps(identifier)
        request = self._pending.get(key)
        if request is None:
            what = "a cancelled request" if key in self._cancelled else "no open request"
            self._fault(f"an answer to {what}: id {key}")
            return
        if allowed is not None and key not in allowed:
            self._fault(f"the answer to {request.method} on the way of another request")
        del self._pending[key]
        is_error = "error" in message
        result = message.get("result")
        if request.method == "initialize" and request.claim is None and isinstance(result, dict):
            self.revision = result.get("protocolVersion")
            if self.revision not in REVISIONS[:-1]:
                self._fault(f"initialize answered with revision {self.revision!r}")
                self.revision = None
                return
        revision = request.claim or self.revision
        if revision is None and not is_error:
            self._fault(f"{request.method} was answered before any revision was agreed on")
            return
        self._listens.pop(key, None)
        is_good = self._judge(revision or REVISIONS[-2], message, request)
        is_core_task = isinstance(result, dict) and "task" in result and revision != MODERN
        if not is_core_task:
            self._forget(key)
        if is_good and not is_error and isinstance(result, dict):
            self._follow(revision, request, result)

    def _follow(self, revision: str, request: Request, result: dict[str, Any]) -> None:
        """Takes what a good result means for later ones."""
        method, params = request.method, request.params
        if method == "logging/setLevel":
            self._level = params.get("level", "info")
        elif method == "tools/list":
            for tool in result["tools"]:
                self._shared.tools[revision, tool["name"]] = tool
        elif method == "tools/call":
            name = params.get("name", "")
            kind = result.get("resultType", "complete")
            declared = request.meta.get(CAPABILITIES) or {}
            if kind == "input_required":
                for question in (result.get("inputRequests") or {}).values():
                    if (needed := NEEDED_CAPABILITY[question["method"]]) not in declared:
                        self._fault(f"{question['method']} to a client without the capability {needed}")
            elif kind == "task" or "task" in result:
                self._shared.tool_of_task[result.get("taskId") or result["task"]["taskId"]] = name
                if kind == "task" and TASKS not in (declared.get("extensions") or {}):
                    self._fault("a task for a request that did not declare the extension")
            else:
                self._structure(revision, name, result)
        elif method in ("tasks/result", "tasks/get"):
            answer = result if method == "tasks/result" else result.get("result")
            name = self._shared.tool_of_task.get(params.get("taskId", ""))
            if isinstance(answer, dict) and name:
                self._structure(revision, name, answer)

    def _structure(self, revision: str, name: str, result: dict[str, Any]) -> None:
        self._shared.faults += projection.structure_faults(revision, self._shared.tools.get((revision, name)), result)

    def _forget(self, key: str) -> None:
        for token in [token for token, progress in self._progress.items() if progress.request == key]:
            if key not in self._cancelled:
                del self._progress[token]

    # Ends

    def drop(self, exchange: int | None = None) -> None:
        """Takes the news that the client does not wait any more: for one exchange, or for anything."""
        for key in [key for key, request in self._pending.items() if exchange in (None, request.exchange)]:
            del self._pending[key]
            self._cancelled.add(key)

    def open_of(self, exchange: int) -> set[str]:
        """The requests that came with an exchange and are not answered."""
        return {key for key, request in self._pending.items() if request.exchange == exchange}

    def was_cancelled(self, exchange: int) -> bool:
        """Whether the request of an exchange was cancelled by a message."""
        return exchange in self._cancelled_exchanges

    def finish(self) -> None:
        if not self.is_over:
            for request in self._pending.values():
                self._fault(f"no answer to {request.method}")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice")
    return result
