# SPDX-License-Identifier: Apache-2.0
"""What one message must be, whatever came before it: valid for its definition, and within what its revision has."""

from typing import Any

import projection
from schema import MODERN, OLDEST, Schemas

CLAIM = "io.modelcontextprotocol/protocolVersion"
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
SERVER_INFO = "io.modelcontextprotocol/serverInfo"
RELATED_TASK = "io.modelcontextprotocol/related-task"
ERROR_DEFINITIONS = {
    -32020: "HeaderMismatchError",
    -32021: "MissingRequiredClientCapabilityError",
    -32022: "UnsupportedProtocolVersionError",
}
COMMON_CODES = {-32700, -32600, -32601, -32602, -32603}
# The methods whose answer may ask the client for something first.
ASKING_METHODS = {"tools/call", "prompts/get", "resources/read"}
# Notifications of the newest revision that belong to a subscription.
SUBSCRIBED_METHODS = {
    "notifications/tools/list_changed", "notifications/prompts/list_changed", "notifications/resources/list_changed",
    "notifications/resources/updated", "notifications/subscriptions/acknowledged", "notifications/tasks",
}
QUESTIONS = {"elicitation/create", "sampling/createMessage", "roots/list"}


class MessageRules:
    def __init__(self, schemas: Schemas):
        self.schemas = schemas

    def server(
        self, revision: str, message: Any, answers: str | None = None, params: dict[str, Any] | None = None
    ) -> list[str]:
        """What is wrong with a message of the server.

        `answers` is the method of the request that a response answers, None where that request can't be known.
        """
        if isinstance(message, list):
            return self._batch(revision, message, lambda entry: self.server(revision, entry, answers, params))
        if not isinstance(message, dict):
            return [f"a message that is no object: {message!r:.100}"]
        if revision not in self.schemas:
            return [f"there is no revision {revision!r}"]
        if "method" in message:
            return self._server_call(revision, message)
        if "error" in message:
            return self._error(revision, message)
        return self._server_result(revision, message, answers, params or {})

    def client(self, revision: str, message: Any, answers: str | None = None) -> list[str]:
        """What is wrong with a message of the client; `answers` is the method of the server's request."""
        if isinstance(message, list):
            return self._batch(revision, message, lambda entry: self.client(revision, entry, answers))
        if not isinstance(message, dict):
            return [f"client: a message that is no object: {message!r:.100}"]
        if revision not in self.schemas:
            return [f"client: there is no revision {revision!r}"]
        if "method" in message:
            faults = self._call(revision, "Client", message)
        elif "error" in message:
            schema = self.schemas[revision]
            faults = _some(revision, schema.fault(schema.first_of("JSONRPCErrorResponse", "JSONRPCError"), message))
        else:
            faults = self._client_result(revision, message, answers)
        return [f"client: {fault}" for fault in faults]

    @staticmethod
    def _batch(revision: str, entries: list[Any], judge) -> list[str]:
        faults = [] if revision == "2025-03-26" else [f"a batch in {revision}, which has none"]
        if not entries:
            faults.append("an empty batch")
        return faults + [fault for entry in entries for fault in judge(entry)]

    def _call(self, revision: str, side: str, message: dict[str, Any]) -> list[str]:
        found = self.schemas.call(revision, side, message)
        kind = "request" if "id" in message else "notification"
        if found is None:
            return [f"{message['method']} is no {kind} of the {side.lower()} in {revision}"]
        schema, name = found
        envelope = "JSONRPCRequest" if "id" in message else "JSONRPCNotification"
        return _some(revision, self.schemas[revision].fault(envelope, message), schema.fault(name, message))

    # Server: requests and notifications

    def _server_call(self, revision: str, message: dict[str, Any]) -> list[str]:
        method, params = message["method"], message.get("params") or {}
        if "id" in message and revision == MODERN:
            return [f"a request to a client of {MODERN}: {method}"]
        faults = self._call(revision, "Server", message)
        if faults:
            return faults
        meta = params.get("_meta") or {}
        if revision == MODERN:
            if (method in SUBSCRIBED_METHODS) != (SUBSCRIPTION in meta):
                has = "without" if method in SUBSCRIBED_METHODS else "with"
                faults.append(f"{revision} {method} {has} a subscription id")
            if method == "notifications/tasks":
                faults += task_faults(params, f"{revision} {method}")
                if "resultType" in params:
                    faults.append(f"{revision} {method}: resultType")
            if RELATED_TASK in meta:
                faults.append(f"{revision} {method}: related-task")
        elif SUBSCRIPTION in meta:
            faults.append(f"{revision} {method} with a subscription id")
        if method == "notifications/progress" and revision == "2024-11-05" and "message" in params:
            faults.append(f"{revision} {method}: message")
        if method == "elicitation/create":
            if revision == "2025-06-18" and "mode" in params:
                faults.append(f"{revision} {method}: mode")
            if revision == "2025-11-25" and params.get("mode") == "url" and not params.get("elicitationId"):
                faults.append(f"{revision} {method}: no elicitationId")
        return faults

    # Server: errors

    def _error(self, revision: str, message: dict[str, Any]) -> list[str]:
        if message.get("id") is None and revision in OLDEST:
            # Neither form of an error without a readable id is valid in these schemas.
            return [] if isinstance(message.get("error"), dict) else [f"{revision} an error that is no object"]
        schema = self.schemas[revision]
        faults = _some(revision, schema.fault(schema.first_of("JSONRPCErrorResponse", "JSONRPCError"), message))
        if faults:
            return faults
        code, data = message["error"]["code"], message["error"].get("data")
        allowed = set(COMMON_CODES)
        if revision == MODERN:
            allowed |= set(ERROR_DEFINITIONS)
        else:
            allowed.add(-32002)
        if revision == "2025-11-25":
            allowed.add(-32042)
        if -32768 <= code <= -32000 and code not in allowed:
            faults.append(f"{revision} has no error {code}")
        if code == -32002 and (not isinstance(data, dict) or not isinstance(data.get("uri"), str)):
            faults.append(f"{revision} error {code} does not name the resource")
        special = "URLElicitationRequiredError" if code == -32042 else ERROR_DEFINITIONS.get(code)
        if special in schema.definitions:
            faults += _some(revision, schema.fault(special, message))
        return faults

    # Server: results

    def _server_result(
        self, revision: str, message: dict[str, Any], answers: str | None, params: dict[str, Any]
    ) -> list[str]:
        schema = self.schemas[revision]
        faults = _some(revision, schema.fault(schema.first_of("JSONRPCResultResponse", "JSONRPCResponse"), message))
        if faults:
            return faults
        if answers is None:
            return [f"{revision} a result that answers nothing"]
        found = self.schemas.result(revision, answers)
        if found is None:
            return [f"{answers} was answered with success, and does not exist in {revision}"]
        result = message["result"]
        if revision == MODERN:
            return self._modern_result(answers, *found, result)
        return self._legacy_result(revision, answers, found[1], result, params)

    def _legacy_result(
        self, revision: str, answers: str, name: str, result: dict[str, Any], params: dict[str, Any]
    ) -> list[str]:
        schema = self.schemas[revision]
        meta = result.get("_meta") or {}
        faults = []
        is_handle = revision == "2025-11-25" and answers == "tools/call" and "task" in result
        if is_handle:
            name = "CreateTaskResult"
            if params and "task" not in params:
                faults.append(f"{revision} {answers}: a task that nobody asked for")
        faults += _some(revision, schema.fault(name, result))
        if answers == "tasks/result":
            faults += _some(revision, schema.fault("CallToolResult", result))
            if not isinstance((meta.get(RELATED_TASK) or {}).get("taskId"), str):
                faults.append(f"{revision} {answers}: no related-task")
        elif RELATED_TASK in meta:
            faults.append(f"{revision} {answers}: related-task")
        if name == "EmptyResult" and result:
            faults.append(f"{revision} {answers}: an empty result with members")
        strangers = {"resultType", "ttlMs", "cacheScope", "inputRequests", "requestState"} & set(result)
        if strangers:
            faults.append(f"{revision} {answers}: members of a later revision: {', '.join(sorted(strangers))}")
        if SERVER_INFO in meta:
            faults.append(f"{revision} {answers}: {SERVER_INFO}")
        return faults or projection.faults(revision, answers, result)

    def _modern_result(self, answers: str, schema, name: str, result: dict[str, Any]) -> list[str]:
        kind = result.get("resultType")
        meta = result.get("_meta") or {}
        faults = []
        if kind == "input_required":
            schema, name = self.schemas[MODERN], "InputRequiredResult"
            if answers not in ASKING_METHODS:
                faults.append(f"{MODERN} {answers} asks")
            if not result.get("inputRequests") and "requestState" not in result:
                faults.append(f"{MODERN} {answers}: neither questions nor state")
            faults += self._questions(result.get("inputRequests") or {})
        elif kind == "task":
            schema, name = self.schemas.tasks, "CreateTaskResult"
            if answers != "tools/call":
                faults.append(f"{MODERN} {answers} gives a task")
            faults += [f"{MODERN} {answers}: {key} on the handle of a task"
                       for key in sorted({"result", "error", "inputRequests"} & set(result))]
            faults += task_faults(result, f"{MODERN} {answers}", is_handle=True)
        faults += _some(MODERN, schema.fault(name, result))
        if answers == "tasks/get" and not faults:
            faults += task_faults(result, f"{MODERN} {answers}")
            if result.get("status") == "completed":
                inner = self.schemas[MODERN].fault("CallToolResult", result.get("result"))
                faults += _some(f"{MODERN} {answers}", inner)
            faults += self._questions(result.get("inputRequests") or {})
        if answers in ("tasks/cancel", "tasks/update") and set(result) - {"resultType", "_meta"}:
            faults.append(f"{MODERN} {answers}: an empty result with members")
        if SERVER_INFO not in meta and answers != "subscriptions/listen":
            faults.append(f"{MODERN} {answers}: the result does not name the server")
        if answers == "subscriptions/listen" and SUBSCRIPTION not in meta:
            faults.append(f"{MODERN} {answers}: no subscription id")
        if RELATED_TASK in meta:
            faults.append(f"{MODERN} {answers}: related-task")
        return faults or projection.faults(MODERN, answers, result)

    def _questions(self, questions: dict[str, Any]) -> list[str]:
        faults = []
        for key, question in questions.items():
            method = question.get("method") if isinstance(question, dict) else None
            if method not in QUESTIONS:
                faults.append(f"{MODERN} question {key}: {method!r}")
                continue
            name = self.schemas[MODERN].by_method(method, "Request")
            faults += _some(f"{MODERN} question {key}", self.schemas[MODERN].fault(name, question))
            if "id" in question or "jsonrpc" in question:
                faults.append(f"{MODERN} question {key} looks like a request")
            if "elicitationId" in (question.get("params") or {}):
                faults.append(f"{MODERN} question {key}: elicitationId")
        return faults

    # Client: results

    def _client_result(self, revision: str, message: dict[str, Any], answers: str | None) -> list[str]:
        schema = self.schemas[revision]
        faults = _some(revision, schema.fault(schema.first_of("JSONRPCResultResponse", "JSONRPCResponse"), message))
        if faults:
            return faults
        if revision == MODERN:
            return [f"an answer in {MODERN}, where servers ask nothing"]
        if answers is None:
            return [f"{revision} a result that answers nothing"]
        request = schema.in_union("ServerRequest", answers)
        if request is None:
            return [f"{answers} is no request of a server in {revision}"]
        result = request.removesuffix("Request") + "Result"
        name = result if result in schema.definitions else "Result"
        return _some(revision, schema.fault(name, message["result"]))


def task_faults(task: dict[str, Any], what: str, is_handle: bool = False) -> list[str]:
    """What the schema of the extension lets through: members of the other form and of other states."""
    strangers = {"task", "ttl", "pollInterval", "requestState", "cacheScope"} & set(task)
    faults = [f"{what}: {key}" for key in sorted(strangers)]
    wanted = {"input_required": "inputRequests", "completed": "result", "failed": "error"}
    if not is_handle:
        for status, key in wanted.items():
            if (key in task) != (task.get("status") == status):
                faults.append(f"{what}: {key} with status {task.get('status')}")
    for key in ("ttlMs", "pollIntervalMs"):
        if isinstance(task.get(key), int) and task[key] <= 0:
            faults.append(f"{what}: {key} is {task[key]}")
    if str(task.get("lastUpdatedAt")) < str(task.get("createdAt")):
        faults.append(f"{what}: updated before it was created")
    return faults


def _some(where: str, *faults: str | None) -> list[str]:
    return [f"{where} {fault}" for fault in faults if fault]
