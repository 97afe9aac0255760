# SPDX-License-Identifier: Apache-2.0
"""The recorders and the gate find what they must find: a gate that lets everything through proves nothing."""

import json
import os
import tempfile
import unittest
from pathlib import Path

from gate import Gate, judge_lines
from http_reader import HTTPReader
from message_rules import CLAIM, RELATED_TASK, SERVER_INFO, SUBSCRIPTION
from schema import Schemas

SCHEMAS = os.environ.get("CMCP_MCP_SCHEMAS")
MODERN = "2026-07-28"
LEGACY = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
TASKS = "io.modelcontextprotocol/tasks"
INFO = {"name": "a", "version": "1"}
META = {SERVER_INFO: INFO}
CALL_RESULT = {"content": [{"type": "text", "text": "hello"}]}
MODERN_RESULT = {**CALL_RESULT, "resultType": "complete", "_meta": META}
TIMES = {"createdAt": "2026-08-24T09:00:00Z", "lastUpdatedAt": "2026-08-24T09:00:05Z"}
TASK = {"taskId": "t", "status": "working", **TIMES, "ttlMs": 1000}
CORE_TASK = {"taskId": "t", "status": "working", **TIMES, "ttl": 1000}
FORM = {
    "mode": "form", "message": "ok?", "requestedSchema": {"type": "object", "properties": {"ok": {"type": "boolean"}}},
}
QUESTION = {"method": "elicitation/create", "params": FORM}


def line(**members):
    return json.dumps({"jsonrpc": "2.0", **members})


def request(method, identifier=1, claim=None, capabilities=None, meta=None, **params):
    if claim:
        params["_meta"] = {CLAIM: claim, CAPABILITIES: capabilities or {}, **(meta or {})}
    elif meta:
        params["_meta"] = meta
    return "client", line(id=identifier, method=method, params=params)


def call(identifier=1, claim=None, **more):
    return request("tools/call", identifier, claim, name="t", **more)


def told(method, **params):
    return "client", line(method=method, params=params)


def news(method, identifier=None, **params):
    extra = {} if identifier is None else {"id": identifier}
    return "server", line(method=method, params=params, **extra)


def result(value, identifier=1):
    return "server", line(id=identifier, result=value)


def error(code, identifier=1, **more):
    return "server", line(id=identifier, error={"code": code, "message": "no", **more})


def opened(revision, capabilities=None):
    """The first exchange of a session, with the given revision agreed on."""
    params = {"protocolVersion": revision, "capabilities": capabilities or {}, "clientInfo": INFO}
    answer = {"protocolVersion": revision, "capabilities": {"tools": {}}, "serverInfo": INFO}
    return [
        ("client", line(id=0, method="initialize", params=params)), result(answer, 0),
        ("client", line(method="notifications/initialized")),
    ]


def listening(**filters):
    """A subscription that was acknowledged as asked for."""
    meta = {SUBSCRIPTION: 1}
    return [
        request("subscriptions/listen", claim=MODERN, notifications=filters),
        news("notifications/subscriptions/acknowledged", _meta=meta, notifications=filters),
    ]


class GateCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schemas = Schemas(Path(SCHEMAS))

    def faults(self, entries):
        gate = Gate(self.schemas)
        for kind, content, *exchange in entries:
            gate.take(kind, content, *exchange)
        gate.finish()
        return gate.faults


@unittest.skipUnless(SCHEMAS, "the schemas are not here")
class ChannelTests(GateCase):
    def test_good_conversations_pass(self):
        for revision in LEGACY:
            entries = [
                *opened(revision), call(), result(CALL_RESULT), request("ping"), result({}),
                call(meta={"progressToken": 7}), news("notifications/progress", progressToken=7, progress=1),
                news("notifications/message", level="info", data="x"), result(CALL_RESULT),
                request("resources/read", uri="file:///a"), error(-32002, data={"uri": "file:///a"}),
                news("notifications/resources/updated", uri="file:///a"), news("notifications/tools/list_changed"),
            ]
            self.assertEqual(self.faults(entries), [], revision)

    def test_good_modern_exchanges_pass(self):
        asked = {"resultType": "input_required", "inputRequests": {"k": QUESTION}, "requestState": "s", "_meta": META}
        handle = {**TASK, "resultType": "task", "_meta": META}
        done = {**TASK, "status": "completed", "result": MODERN_RESULT, "resultType": "complete", "_meta": META}
        tasks = {"extensions": {TASKS: {}}}
        cases = {
            "a call": [call(claim=MODERN), result(MODERN_RESULT)],
            "progress": [
                call(claim=MODERN, meta={"progressToken": "p"}),
                news("notifications/progress", progressToken="p", progress=1), result(MODERN_RESULT),
            ],
            "a log message": [
                call(claim=MODERN, meta={"io.modelcontextprotocol/logLevel": "info"}),
                news("notifications/message", level="error", data=1), result(MODERN_RESULT),
            ],
            "a round of questions": [call(claim=MODERN, capabilities={"elicitation": {}}), result(asked)],
            "a task": [
                call(claim=MODERN, capabilities=tasks), result(handle),
                request("tasks/get", claim=MODERN, capabilities=tasks, taskId="t"), result(done),
                request("tasks/cancel", claim=MODERN, capabilities=tasks, taskId="t"),
                result({"resultType": "complete", "_meta": META}),
            ],
            "a subscription": [
                *listening(toolsListChanged=True),
                news("notifications/tools/list_changed", _meta={SUBSCRIPTION: 1}),
                told("notifications/cancelled", requestId=1),
            ],
            "an unknown version": [
                request("server/discover", claim="2099-01-01"),
                error(-32022, data={"supported": [MODERN], "requested": "2099-01-01"}),
            ],
            "a modern request within a session": [
                *opened("2025-06-18"), call(claim=MODERN), result(MODERN_RESULT), call(2), result(CALL_RESULT, 2),
            ],
        }
        for name, entries in cases.items():
            with self.subTest(name):
                self.assertEqual(self.faults(entries), [])

    def test_good_questions_and_tasks_of_sessions_pass(self):
        entries = [
            *opened("2025-11-25", {"elicitation": {}}), call(),
            news("elicitation/create", "q", **FORM),
            ("client", line(id="q", result={"action": "accept", "content": {"ok": True}})), result(CALL_RESULT),
            call(2, task={"ttl": 5}, meta={"progressToken": 3}), result({"task": CORE_TASK}, 2),
            news("notifications/progress", progressToken=3, progress=1),
            news("notifications/tasks/status", **{**CORE_TASK, "status": "completed"}),
            request("tasks/get", 3, taskId="t"), result(CORE_TASK, 3),
            request("tasks/result", 4, taskId="t"),
            result({**CALL_RESULT, "_meta": {RELATED_TASK: {"taskId": "t"}}}, 4),
        ]
        self.assertEqual(self.faults(entries), [])

    def test_faulty_messages_of_sessions_are_found(self):
        tool = {"name": "t", "inputSchema": {"type": "object"}}
        with_token = call(meta={"progressToken": 1})
        cases = {
            "content of an unknown type": ("2025-11-25", [call(), result({"content": [{"type": "smell"}]})]),
            "content missing": ("2025-06-18", [call(), result({})]),
            "an unknown id": ("2025-06-18", [call(), result(CALL_RESULT), result(CALL_RESULT, 7)]),
            "two answers": ("2025-06-18", [call(), result(CALL_RESULT), result(CALL_RESULT)]),
            "no answer": ("2025-06-18", [call()]),
            "an id of another type": ("2025-06-18", [call(), result(CALL_RESULT, "1")]),
            "a later member": ("2025-11-25", [call(), result({**CALL_RESULT, "resultType": "complete"})]),
            "the server's name": ("2025-11-25", [call(), result({**CALL_RESULT, "_meta": META})]),
            "ping with members": ("2025-11-25", [request("ping"), result({"ok": True})]),
            "structure too early": ("2025-03-26", [call(), result({**CALL_RESULT, "structuredContent": {}})]),
            "structure without its text": (
                "2025-06-18", [call(), result({**CALL_RESULT, "structuredContent": {"a": 1}})],
            ),
            "annotations too early": (
                "2024-11-05", [request("tools/list"), result({"tools": [{**tool, "annotations": {}}]})],
            ),
            "icons too early": ("2025-06-18", [request("tools/list"), result({"tools": [{**tool, "icons": []}]})]),
            "a title too early": (
                "2025-03-26", [request("prompts/list"), result({"prompts": [{"name": "p", "title": "P"}]})],
            ),
            "lastModified too early": (
                "2025-03-26",
                [
                    request("resources/list"),
                    result({"resources": [{"uri": "a:b", "name": "n", "annotations": {"lastModified": "x"}}]}),
                ],
            ),
            "audio too early": (
                "2024-11-05", [call(), result({"content": [{"type": "audio", "data": "", "mimeType": "audio/wav"}]})],
            ),
            "an output that breaks its schema": (
                "2025-06-18",
                [
                    request("tools/list"),
                    result({"tools": [{**tool, "outputSchema": {"type": "object", "required": ["a"]}}]}),
                    call(), result({"content": [{"type": "text", "text": "{}"}], "structuredContent": {}}),
                ],
            ),
            "an unknown notification": ("2025-06-18", [news("notifications/new")]),
            "a notification of clients": ("2025-06-18", [news("notifications/initialized")]),
            "a request of clients": ("2025-06-18", [news("tools/list", 9)]),
            "a log line": ("2025-06-18", [("server", "INFO ready")]),
            "a log message below the level": (
                "2025-06-18",
                [
                    request("logging/setLevel", level="error"), result({}),
                    news("notifications/message", level="info", data=1),
                ],
            ),
            "a duplicate key": ("2025-06-18", [call(), ("server", '{"jsonrpc":"2.0","id":1,"id":1,"result":{}}')]),
            "a batch": ("2025-06-18", [call(), ("server", f"[{result(CALL_RESULT)[1]}]")]),
            "an error without a message": ("2025-06-18", [call(), ("server", line(id=1, error={"code": -32602}))]),
            "an error of another revision": ("2025-06-18", [call(), error(-32020)]),
            "an invented error": ("2025-11-25", [call(), error(-32050)]),
            "an unknown resource without its name": (
                "2025-11-25", [request("resources/read", uri="a:b"), error(-32002)],
            ),
            "an answer after cancellation": (
                "2025-06-18", [call(), told("notifications/cancelled", requestId=1), result(CALL_RESULT)],
            ),
            "progress that nobody asked for": (
                "2025-06-18",
                [call(), news("notifications/progress", progressToken=1, progress=1), result(CALL_RESULT)],
            ),
            "progress after the end": (
                "2025-06-18",
                [with_token, result(CALL_RESULT), news("notifications/progress", progressToken=1, progress=1)],
            ),
            "progress that stands still": (
                "2025-06-18",
                [
                    with_token, news("notifications/progress", progressToken=1, progress=1),
                    news("notifications/progress", progressToken=1, progress=1), result(CALL_RESULT),
                ],
            ),
            "a progress text too early": (
                "2024-11-05",
                [
                    with_token, news("notifications/progress", progressToken=1, progress=1, message="m"),
                    result(CALL_RESULT),
                ],
            ),
            "a question that the client can't answer": ("2025-11-25", [news("elicitation/create", 5, **FORM)]),
            "a question too early": ("2025-03-26", [news("elicitation/create", 5, **FORM)]),
            "a task too early": ("2025-06-18", [call(task={}), result({"task": CORE_TASK})]),
            "a task that nobody asked for": ("2025-11-25", [call(), result({"task": CORE_TASK})]),
            "a flat task": ("2025-11-25", [call(task={}), result(CORE_TASK)]),
            "a task's result without its task": (
                "2025-11-25", [request("tasks/result", taskId="t"), result(CALL_RESULT)],
            ),
            "tasks too early": ("2025-06-18", [request("tasks/list"), result({"tasks": []})]),
            "news of a subscription": (
                "2025-11-25", [news("notifications/tools/list_changed", _meta={SUBSCRIPTION: 1})],
            ),
            "a faulty request": ("2025-06-18", [request("tools/call"), result(CALL_RESULT)]),
            "a faulty answer": (
                "2025-11-25", [news("roots/list", 5), ("client", line(id=5, result={"roots": 1}))],
            ),
            "a bad end": ("2024-11-05", [("exit", 1)]),
        }
        for name, (revision, entries) in cases.items():
            with self.subTest(name):
                self.assertTrue(self.faults([*opened(revision), *entries]), name)

    def test_nothing_but_messages_comes_before_the_client_is_ready(self):
        begun = opened("2025-11-25", {"elicitation": {}})[:2]
        for entry in (news("notifications/tools/list_changed"), news("elicitation/create", 5, **FORM)):
            self.assertTrue(self.faults([*begun, entry]))

    def test_capabilities_of_later_revisions_are_found(self):
        for revision, capability in (
            ("2024-11-05", "completions"), ("2025-06-18", "tasks"), ("2025-11-25", "extensions"),
        ):
            answer = {"protocolVersion": revision, "capabilities": {capability: {}}, "serverInfo": INFO}
            first = opened(revision)[0]
            self.assertTrue(self.faults([first, result(answer, 0)]), capability)

    def test_faulty_modern_messages_are_found(self):
        handle = {**TASK, "resultType": "task", "_meta": META}
        tasks = {"extensions": {TASKS: {}}}
        asked = {"resultType": "input_required", "inputRequests": {"k": QUESTION}, "_meta": META}
        seen = {**TASK, "resultType": "complete", "_meta": META}
        get = request("tasks/get", claim=MODERN, capabilities=tasks, taskId="t")
        listed = {"tools": [], "resultType": "complete", "ttlMs": 1, "cacheScope": "public", "_meta": META}
        cases = {
            "no type": [call(claim=MODERN), result({**CALL_RESULT, "_meta": META})],
            "no name of the server": [call(claim=MODERN), result({**CALL_RESULT, "resultType": "complete"})],
            "no caching hints": [
                request("tools/list", claim=MODERN), result({"tools": [], "resultType": "complete", "_meta": META}),
            ],
            "caching hints where there are none": [call(claim=MODERN), result({**MODERN_RESULT, "ttlMs": 1})],
            "a removed method": [request("ping", claim=MODERN), result({"resultType": "complete", "_meta": META})],
            "a request of the server": [call(claim=MODERN), news("roots/list", 5), result(MODERN_RESULT)],
            "an older error": [request("resources/read", claim=MODERN, uri="a:b"), error(-32002, data={"uri": "a:b"})],
            "capabilities as a list": [
                call(claim=MODERN), error(-32021, data={"requiredCapabilities": ["sampling"]}),
            ],
            "a log message that nobody asked for": [
                call(claim=MODERN), news("notifications/message", level="info", data=1), result(MODERN_RESULT),
            ],
            "a question of an undeclared kind": [call(claim=MODERN), result(asked)],
            "a question from a list": [
                request("tools/list", claim=MODERN, capabilities={"elicitation": {}}), result(asked),
            ],
            "a question that looks like a request": [
                call(claim=MODERN, capabilities={"elicitation": {}}),
                result({**asked, "inputRequests": {"k": {**QUESTION, "id": 1}}}),
            ],
            "neither question nor state": [
                call(claim=MODERN), result({"resultType": "input_required", "_meta": META}),
            ],
            "a task without the extension": [call(claim=MODERN), result(handle)],
            "a task from a list": [
                request("tools/list", claim=MODERN, capabilities=tasks), result({**listed, **handle}),
            ],
            "a nested task": [
                call(claim=MODERN, capabilities=tasks), result({"task": TASK, "resultType": "task", "_meta": META}),
            ],
            "a result on the handle": [
                call(claim=MODERN, capabilities=tasks), result({**handle, "result": MODERN_RESULT}),
            ],
            "older time fields": [call(claim=MODERN, capabilities=tasks), result({**handle, "ttl": 1})],
            "a result before the end": [get, result({**seen, "result": MODERN_RESULT})],
            "an end without a result": [get, result({**seen, "status": "failed"})],
            "a faulty result within": [
                get,
                result({**seen, "status": "completed", "result": CALL_RESULT}),
            ],
            "a cancellation that tells of the task": [
                request("tasks/cancel", claim=MODERN, capabilities=tasks, taskId="t"),
                result({**TASK, "resultType": "complete", "_meta": META}),
            ],
            "an older method of tasks": [
                request("tasks/list", claim=MODERN), result({"tasks": [], "resultType": "complete", "_meta": META}),
            ],
            "news before the acknowledgement": [
                listening(toolsListChanged=True)[0], news("notifications/tools/list_changed", _meta={SUBSCRIPTION: 1}),
            ],
            "two acknowledgements": [*listening(toolsListChanged=True), listening(toolsListChanged=True)[1]],
            "news of a kind that nobody asked for": [
                *listening(toolsListChanged=True), news("notifications/prompts/list_changed", _meta={SUBSCRIPTION: 1}),
            ],
            "news of another subscription": [
                *listening(toolsListChanged=True), news("notifications/tools/list_changed", _meta={SUBSCRIPTION: "1"}),
            ],
            "news without a subscription": [
                *listening(toolsListChanged=True), news("notifications/tools/list_changed"),
            ],
            "news of another resource": [
                *listening(resourceSubscriptions=["a:b"]),
                news("notifications/resources/updated", uri="a:c", _meta={SUBSCRIPTION: 1}),
            ],
            "more than was asked for": [
                listening(resourceSubscriptions=["a:b"])[0], listening(resourceSubscriptions=["a:c"])[1],
            ],
        }
        for name, entries in cases.items():
            if entries[0][1].find("subscriptions/listen") >= 0:
                entries = [*entries, told("notifications/cancelled", requestId=1)]
            with self.subTest(name):
                self.assertTrue(self.faults(entries), name)


def exchange(number, method="POST", path="/mcp", headers=None, body=None, status=200, answer=None, events=None,
             kind="application/json", minted=None, end="complete"):
    """The entries of one HTTP exchange."""
    entries = [("request", {"method": method, "path": path, "headers": headers or {}}, number)]
    if body is not None:
        entries.append(("client", body, number))
    found = {"content-type": kind} if answer is not None else {}
    if events is not None:
        found = {"content-type": "text/event-stream", "cache-control": "no-cache"}
    if minted:
        found["mcp-session-id"] = minted
    entries.append(("status", {"status": status, "headers": found}, number))
    if answer is not None:
        entries.append(("server", answer, number))
    entries += [("event", event, number) for event in events or ()]
    entries.append(("end", end, number))
    return entries


SESSION = "s" * 32


def http_opened(revision):
    begin, answer, ready = opened(revision)
    headers = {"mcp-session-id": SESSION}
    return [
        *exchange(1, body=begin[1], answer=answer[1], minted=SESSION),
        *exchange(2, headers=headers, body=ready[1], status=202),
    ]


def event(data, identifier=None, **more):
    fields = {"name": "message", "data": data, **more}
    return fields if identifier is None else {**fields, "id": identifier}


@unittest.skipUnless(SCHEMAS, "the schemas are not here")
class ExchangeTests(GateCase):
    HEADERS = {"mcp-session-id": SESSION}
    PRIMING = event("", "p1-0", retry="500")
    MODERN_HEADERS = {"mcp-protocol-version": MODERN}

    def alone(self, number):
        """A request of the newest revision and its answer."""
        return exchange(
            number, headers=self.MODERN_HEADERS, body=call(claim=MODERN)[1], answer=result(MODERN_RESULT)[1]
        )

    def stream(self, *events, **more):
        return exchange(5, headers=self.HEADERS, body=call()[1], events=events, **more)

    def test_good_exchanges_pass(self):
        answer = event(result(CALL_RESULT)[1], "p1-1")
        deleted = exchange(9, "DELETE", headers=self.HEADERS, status=204)
        cases = {
            "JSON": exchange(5, headers=self.HEADERS, body=request("ping")[1], answer=result({})[1]),
            "a stream": self.stream(self.PRIMING, answer),
            "a stream that is gone on with": [
                *self.stream(self.PRIMING, end="cut"),
                *exchange(6, "GET", headers={**self.HEADERS, "last-event-id": "p1-0"}, events=[answer], end="client"),
                *exchange(7, "GET", headers={**self.HEADERS, "last-event-id": "p1-0"}, events=[answer], end="client"),
            ],
            "the general stream": exchange(
                6, "GET", headers=self.HEADERS, events=[event(news("notifications/tools/list_changed")[1], "g-1")],
                end="client",
            ),
            "an id that is gone": [
                *deleted, *exchange(10, headers=self.HEADERS, body=request("ping")[1], status=404),
            ],
        }
        for name, entries in cases.items():
            with self.subTest(name):
                self.assertEqual(self.faults([*http_opened("2025-11-25"), *entries]), [])

    def test_good_modern_and_sse_exchanges_pass(self):
        endpoint = {"name": "endpoint", "data": f"/messages?session_id={SESSION}"}
        begin, answer, _ = opened("2024-11-05")
        cases = {
            "JSON": self.alone(1),
            "a stream": exchange(
                1, headers=self.MODERN_HEADERS, body=call(claim=MODERN)[1], events=[event(result(MODERN_RESULT)[1])],
            ),
            "an end by the client": [
                *exchange(1, headers=self.MODERN_HEADERS, body=call(claim=MODERN)[1], events=[], end="client"),
                *self.alone(2),
            ],
            "equal ids of strangers": [
                *self.alone(1)[:2], *self.alone(2), *self.alone(1)[2:],
            ],
            "/sse": [
                *exchange(1, "GET", "/sse", events=[endpoint])[:-1],
                *exchange(2, path=f"/messages?session_id={SESSION}", body=begin[1], status=202),
                ("event", event(answer[1]), 1), ("end", "client", 1),
            ],
        }
        for name, entries in cases.items():
            with self.subTest(name):
                self.assertEqual(self.faults(entries), [])

    def test_faulty_streams_are_found(self):
        answer = event(result(CALL_RESULT)[1], "p1-1")
        other = [
            *exchange(4, headers=self.HEADERS, body=call(4)[1], events=[])[:-1],
            ("event", self.PRIMING, 4), ("event", event(result(CALL_RESULT, 4)[1], "p1-1"), 4), ("end", "complete", 4),
        ]
        cases = {
            "no first event": ("2025-11-25", self.stream(answer)),
            "a first event that old clients don't know": ("2025-06-18", self.stream(self.PRIMING, answer)),
            "no ids": ("2025-06-18", self.stream(event(result(CALL_RESULT)[1]))),
            "an id for two events": (
                "2025-11-25", [*other, *self.stream(event("", "p2-0", retry="1"), answer)],
            ),
            "an answer on another stream": (
                "2025-11-25",
                [
                    *self.stream(self.PRIMING)[:-1],
                    *exchange(6, headers=self.HEADERS, body=request("ping", 6)[1], answer=result(CALL_RESULT)[1]),
                ],
            ),
            "an answer on the general stream": (
                "2025-11-25",
                [
                    *self.stream(self.PRIMING)[:-1],
                    *exchange(
                        6, "GET", headers=self.HEADERS, events=[event(result(CALL_RESULT)[1], "g-1")], end="client",
                    ),
                ],
            ),
            "another stream than the one that broke": (
                "2025-11-25",
                [
                    *self.stream(self.PRIMING, end="cut"),
                    *exchange(
                        6, "GET", headers={**self.HEADERS, "last-event-id": "p1-0"},
                        events=[event(news("notifications/tools/list_changed")[1], "g-1")], end="client",
                    ),
                ],
            ),
            "an event that has changed": (
                "2025-11-25",
                [
                    *self.stream(self.PRIMING, answer),
                    *exchange(
                        6, "GET", headers={**self.HEADERS, "last-event-id": "p1-0"},
                        events=[event(result({"content": []})[1], "p1-1")], end="client",
                    ),
                ],
            ),
            "an event of an unknown kind": ("2025-11-25", self.stream(self.PRIMING, {**answer, "name": "news"})),
            "no answer": ("2025-11-25", self.stream(self.PRIMING)),
            "a status": ("2025-11-25", exchange(5, headers=self.HEADERS, body=request("ping")[1], status=500)),
            "a notification with an answer": (
                "2025-11-25",
                exchange(5, headers=self.HEADERS, body=told("notifications/initialized")[1], answer="{}"),
            ),
            "a further session id": (
                "2025-11-25",
                exchange(5, headers=self.HEADERS, body=request("ping")[1], answer=result({})[1], minted="z" * 32),
            ),
            "another status than expected": (
                "2025-11-25",
                exchange(
                    5, headers={**self.HEADERS, "x-expect-status": "404"}, body=request("ping")[1],
                    answer=result({})[1],
                ),
            ),
        }
        for name, (revision, entries) in cases.items():
            with self.subTest(name):
                self.assertTrue(self.faults([*http_opened(revision), *entries]), name)

    def test_faulty_modern_and_sse_exchanges_are_found(self):
        headers = self.MODERN_HEADERS
        body = call(claim=MODERN)[1]
        good = result(MODERN_RESULT)[1]
        cases = {
            "an event with an id": exchange(1, headers=headers, body=body, events=[event(good, "a-1")]),
            "a session id": exchange(1, headers=headers, body=body, answer=good, minted=SESSION),
            "no answer": exchange(1, headers=headers, body=body, events=[]),
            "a result with a status": exchange(1, headers=headers, body=body, answer=good, status=400),
            "an error with a wrong status": exchange(1, headers=headers, body=body, answer=error(-32601)[1]),
            "401 without a challenge": exchange(
                1, headers={**headers, "x-expect-status": "401"}, body=body, status=401,
            ),
            "an absolute endpoint": exchange(
                1, "GET", "/sse", events=[{"name": "endpoint", "data": f"http://a/messages?session_id={SESSION}"}],
                end="client",
            ),
            "a short session id": exchange(
                1, "GET", "/sse", events=[{"name": "endpoint", "data": "/messages?session_id=1"}], end="client",
            ),
            "a refused message": exchange(1, path="/messages?session_id=1", body=body, status=400),
            "no session id": exchange(1, body=opened("2025-06-18")[0][1], answer=opened("2025-06-18")[1][1]),
        }
        for name, entries in cases.items():
            with self.subTest(name):
                self.assertTrue(self.faults(entries), name)


@unittest.skipUnless(SCHEMAS, "the schemas are not here")
class LineTests(GateCase):
    def judge(self, *entries):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.write("\n".join(json.dumps(entry) for entry in entries))
            file.flush()
            return judge_lines(self.schemas, Path(file.name))

    @staticmethod
    def entry(message, revision="2025-06-18", direction="server", answers=None):
        return {"revision": revision, "direction": direction, "message": json.loads(message[1]), "answers": answers}

    def test_good_lines_pass(self):
        faults, count = self.judge(
            self.entry(result(CALL_RESULT), answers="tools/call"),
            self.entry(call(), direction="client"),
            self.entry(error(-32602), answers="tools/call"),
            self.entry(news("notifications/tools/list_changed")),
            self.entry(result({**TASK, "resultType": "task", "_meta": META}), MODERN, answers="tools/call"),
        )
        self.assertEqual((faults, count), ([], 5))

    def test_faulty_lines_are_found(self):
        for entry in (
            self.entry(result({}), answers="tools/call"),
            self.entry(result(CALL_RESULT)),
            self.entry(result(CALL_RESULT), "2099-01-01", answers="tools/call"),
            self.entry(request("tools/call"), direction="client"),
            self.entry(news("roots/list", 1), MODERN),
            self.entry(call(), direction="sideways"),
            {"revision": "2025-06-18", "direction": "server"},
            {"revision": "2025-06-18", "direction": "server", "message": 7},
        ):
            with self.subTest(str(entry)):
                self.assertTrue(self.judge(entry)[0])


class Seen:
    """A sink that notes what it is told."""

    def __init__(self):
        self.all = []

    def head(self, first, headers):
        self.all.append(("head", first.split()[0]))

    def body(self, data):
        self.all.append(("body", data))

    def event(self, event):
        self.all.append(("event", event))

    def end(self):
        self.all.append(("end",))

    def fault(self, text):
        self.all.append(("fault", text))


class HTTPReaderTests(unittest.TestCase):

    def read(self, data, step):
        seen = Seen()
        reader = HTTPReader(seen)
        for start in range(0, len(data), step):
            reader.feed(data[start : start + step])
        return seen.all

    @staticmethod
    def chunked(*pieces):
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        return head + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"

    def test_requests_are_cut_however_the_bytes_arrive(self):
        data = b"POST /m HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello" b"GET /sse HTTP/1.1\r\nHost: a\r\n\r\n"
        for step in (1, 3, 1000):
            self.assertEqual(
                self.read(data, step),
                [("head", "POST"), ("body", b"hello"), ("end",), ("head", "GET"), ("body", b""), ("end",)],
            )

    def test_events_are_cut_however_the_bytes_arrive(self):
        data = self.chunked(
            b"event: endpoint\ndata: /m?1\n", b"\n:", b" keep\n\nid: a-1\nretry: 5\ndata:\n\ndata: {\"a\":1",
            b"}\r\n\r\n",
        )
        for step in (1, 3, 1000):
            self.assertEqual(
                self.read(data, step),
                [
                    ("head", "HTTP/1.1"), ("event", {"name": "endpoint", "data": "/m?1"}),
                    ("event", {"name": "message", "id": "a-1", "retry": "5", "data": ""}),
                    ("event", {"name": "message", "data": '{"a":1}'}), ("end",),
                ],
            )

    def test_an_answer_without_a_body_is_over_at_once(self):
        data = (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
            b"HTTP/1.1 202 A\r\nContent-Length: 0\r\n\r\n"
        )
        self.assertEqual(self.read(data, 1), [("head", "HTTP/1.1"), ("end",)] * 2)

    def test_what_is_not_http_is_a_fault(self):
        seen = self.read(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", 1000)
        self.assertEqual(seen[-1][0], "fault")


if __name__ == "__main__":
    unittest.main()
