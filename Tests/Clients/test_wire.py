# SPDX-License-Identifier: Apache-2.0
"""The judge of recordings finds what it must find, and lets through what tests do on purpose."""

import json
import os
import tempfile
import unittest
from pathlib import Path

import wire
from message_rules import CLAIM, SERVER_INFO, MessageRules
from schema import Schemas

SCHEMAS = os.environ.get("CMCP_MCP_SCHEMAS")
MODERN = "2026-07-28"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
INFO = {"name": "a", "version": "1"}
OPENING = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": INFO}
OPENED = {"protocolVersion": "2025-06-18", "capabilities": {}, "serverInfo": INFO}
HELLO = {"content": [{"type": "text", "text": "hello"}]}
GOOD_MODERN = {**HELLO, "resultType": "complete", "_meta": {SERVER_INFO: INFO}}


def text(**members):
    return json.dumps({"jsonrpc": "2.0", **members}).encode()


def call(identifier=1, claim=None, **params):
    meta = {"_meta": {CLAIM: claim, CAPABILITIES: {}}} if claim else {}
    return text(id=identifier, method="tools/call", params={"name": "t", **params, **meta})


def post(body, *fields, path="/mcp"):
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Content-Type: application/json", *fields, f"Content-Length: {len(body)}"])
    return head.encode() + b"\r\n\r\n" + body


def reply(body, status=200, *fields):
    head = "\r\n".join([f"HTTP/1.1 {status} X", "Content-Type: application/json", *fields, f"Content-Length: {len(body)}"])
    return head.encode() + b"\r\n\r\n" + body


def stream(*events):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(event), event) for event in events)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + chunks + b"0\r\n\r\n"


@unittest.skipUnless(SCHEMAS, "the schemas are not here")
class WireCase(unittest.TestCase):
    schemas = None

    def setUp(self):
        type(self).schemas = type(self).schemas or Schemas(Path(SCHEMAS))
        self.entries = []

    def begin(self, number, framing, **more):
        self.entries.append(json.dumps({"wire": number, "framing": framing, **more}).encode() + b"\n")

    def add(self, number, side, data, **more):
        header = {"wire": number, "from": side, "count": len(data), **more}
        self.entries.append(json.dumps(header).encode() + b"\n" + data + b"\n")

    def judged(self, tail=b""):
        with tempfile.NamedTemporaryFile(suffix=".wire") as file:
            file.write(b"".join(self.entries) + tail)
            file.flush()
            tally = wire.Tally(MessageRules(self.schemas))
            wire.judge(Path(file.name), tally)
        return tally

    def expect(self, fault, **more):
        tally = self.judged(**more)
        if fault is None:
            self.assertEqual(tally.faults, [])
        else:
            self.assertTrue(any(fault in each for each in tally.faults), f"{fault!r} is not in {tally.faults}")
        return tally


class LineTests(WireCase):
    def opened(self):
        self.begin(1, "lines")
        self.add(1, "client", text(id=0, method="initialize", params=OPENING) + b"\n")
        self.add(1, "server", text(id=0, result=OPENED) + b"\n")
        self.add(1, "client", text(method="notifications/initialized") + b"\n")

    def test_a_good_session_passes_however_its_bytes_are_cut(self):
        self.opened()
        self.add(1, "client", call() + b"\n")
        answer = text(id=1, result=HELLO) + b"\n"
        for start in range(0, len(answer), 7):
            self.add(1, "server", answer[start:start + 7])
        tally = self.expect(None)
        self.assertEqual(tally.messages, 5)
        self.assertEqual(tally.revisions, {"2025-06-18"})

    def test_faulty_answers_are_found(self):
        for result, fault in (
            ({}, "CallToolResult"), ({"content": [{"type": "text"}]}, "CallToolResult"),
            ({**HELLO, "resultType": "complete"}, "members of a later revision"),
        ):
            with self.subTest(fault):
                self.entries = []
                self.opened()
                self.add(1, "client", call() + b"\n")
                self.add(1, "server", text(id=1, result=result) + b"\n")
                self.expect(fault)

    def test_an_answer_to_nothing_a_batch_and_what_is_no_json_are_found(self):
        for line, fault in (
            (text(id=7, result={}), "answers nothing"), (b"[" + text(id=0, result=OPENED) + b"]", "batch"),
            (b"hello", "not JSON"), (b'{"jsonrpc":"2.0","jsonrpc":"2.0"}', "twice"), (b"7", "no object"),
            (text(method="notifications/none"), "no notification"), (text(id=1, method="sampling/none"), "no request"),
        ):
            with self.subTest(fault):
                self.entries = []
                self.opened()
                self.add(1, "server", line + b"\n")
                self.expect(fault)

    def test_a_modern_request_is_judged_as_one(self):
        for result, fault in ((GOOD_MODERN, None), (HELLO, "resultType")):
            self.entries = []
            self.begin(1, "lines")
            self.add(1, "client", call(claim=MODERN) + b"\n")
            self.add(1, "server", text(id=1, result=result) + b"\n")
            self.expect(fault)

    def test_a_recording_may_begin_with_a_revision(self):
        self.begin(1, "lines", revision="2024-11-05")
        self.add(1, "client", call() + b"\n")
        self.add(1, "server", text(id=1, result={**HELLO, "structuredContent": {}}) + b"\n")
        self.expect("structuredContent")

    def test_what_the_server_took_must_be_valid_unless_it_is_marked(self):
        for more, answer, fault in (
            ({}, {"result": HELLO}, "client:"), ({"broken": True}, {"result": HELLO}, None),
            ({}, {"error": {"code": -32602, "message": "no"}}, None),
        ):
            self.entries = []
            self.opened()
            self.add(1, "client", call(arguments=[]) + b"\n", **more)
            self.add(1, "server", text(id=1, **answer) + b"\n")
            self.expect(fault)

    def test_the_answers_of_a_client_are_judged_unless_they_are_marked(self):
        question = {"message": "ok?", "requestedSchema": {"type": "object", "properties": {}}}
        for more, fault in (({}, "client:"), ({"broken": True}, None)):
            self.entries = []
            self.opened()
            self.add(1, "server", text(id="a", method="elicitation/create", params=question) + b"\n")
            self.add(1, "client", text(id="a", result={"action": "perhaps"}) + b"\n", **more)
            self.expect(fault)

    def test_an_id_may_be_used_again_and_an_answer_be_told_again(self):
        self.opened()
        for _ in range(2):
            self.add(1, "client", text(id=1, method="ping") + b"\n")
            self.add(1, "server", text(id=1, result={}) + b"\n")
        self.add(1, "server", text(id=1, result={}) + b"\n")
        self.expect(None)

    def test_structured_content_is_held_against_the_schema_of_the_tool(self):
        tool = {"name": "t", "inputSchema": {"type": "object"},
                "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}}}
        for value, fault in ((1, None), ("1", "output schema")):
            self.entries = []
            self.opened()
            self.add(1, "client", text(id=1, method="tools/list") + b"\n" + call(2) + b"\n")
            self.add(1, "server", text(id=1, result={"tools": [tool]}) + b"\n")
            content = {"content": [{"type": "text", "text": json.dumps({"n": value})}], "structuredContent": {"n": value}}
            self.add(1, "server", text(id=2, result=content) + b"\n")
            self.expect(fault)

    def test_a_recording_that_is_not_whole_is_a_fault(self):
        self.opened()
        self.expect("not all of it", tail=b'{"isFull":true}\n')
        with self.assertRaises(ValueError):
            self.judged(tail=b'{"wire":1,"from":"server","count":9}\nabc')

    def test_what_was_left_out_of_a_long_request_is_filled_in(self):
        self.opened()
        head, rest = call(arguments={"text": "x" * 50}).split(b"x" * 50)
        self.add(1, "client", head + rest + b"\n", head=len(head), skipped=50)
        self.add(1, "server", text(id=1, result=HELLO) + b"\n")
        self.expect(None)


class HTTPTests(WireCase):
    SESSION = "s" * 32

    def opened(self):
        self.begin(1, "http")
        self.add(1, "client", post(text(id=0, method="initialize", params=OPENING)))
        self.add(1, "server", reply(text(id=0, result=OPENED), 200, f"Mcp-Session-Id: {self.SESSION}"))

    def test_a_session_is_followed_over_several_connections(self):
        for result, fault in ((HELLO, None), ({}, "CallToolResult")):
            self.entries = []
            self.opened()
            self.begin(2, "http")
            self.add(2, "client", post(call(), f"Mcp-Session-Id: {self.SESSION}"))
            event = b"id: a-1\ndata: " + text(id=1, result=result) + b"\n\n"
            self.add(2, "server", stream(b": hello\n\n", event))
            self.begin(3, "http")
            get = f"GET /mcp HTTP/1.1\r\nMcp-Session-Id: {self.SESSION}\r\nLast-Event-ID: a-0\r\n\r\n"
            self.add(3, "client", get.encode())
            self.add(3, "server", stream(event))
            tally = self.expect(fault)
            self.assertEqual(tally.messages, 5)

    def test_pipelined_requests_and_a_head_have_their_answers(self):
        self.opened()
        self.add(1, "client", b"HEAD /health HTTP/1.1\r\n\r\n" + post(call(), f"Mcp-Session-Id: {self.SESSION}"))
        self.add(1, "server", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n")
        self.add(1, "server", reply(text(id=1, result=HELLO)))
        self.assertEqual(self.expect(None).messages, 4)

    def test_modern_exchanges_stand_alone(self):
        for result, fault in ((GOOD_MODERN, None), (HELLO, "resultType")):
            self.entries = []
            self.begin(1, "http")
            self.add(1, "client", post(call(claim=MODERN), f"MCP-Protocol-Version: {MODERN}"))
            self.add(1, "server", reply(text(id=1, result=result)))
            self.expect(fault)

    def test_refusals_must_be_errors_of_their_revision(self):
        error = {"code": -32022, "message": "no", "data": {"supported": [MODERN], "requested": "2099-01-01"}}
        for version, fault in (("2099-01-01", None), ("2025-06-18", "has no error -32022")):
            self.entries = []
            self.begin(1, "http")
            self.add(1, "client", post(text(id=1, method="ping"), f"MCP-Protocol-Version: {version}"))
            self.add(1, "server", reply(text(id=1, error=error), 400))
            self.expect(fault)

    def test_a_modern_notification_of_a_client_is_judged(self):
        for params, fault in (({"requestId": 1}, None), ({}, "client:")):
            self.entries = []
            self.begin(1, "http")
            body = text(method="notifications/cancelled", params=params)
            self.add(1, "client", post(body, f"MCP-Protocol-Version: {MODERN}"))
            self.add(1, "server", b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
            self.expect(fault)

    def test_a_channel_is_followed_from_its_first_event(self):
        for result, fault in (({}, None), ({"x": 1}, "empty result with members")):
            self.entries = []
            self.begin(1, "http")
            self.add(1, "client", b"GET /sse HTTP/1.1\r\n\r\n")
            first = b"event: endpoint\ndata: /messages?session_id=" + self.SESSION.encode() + b"\n\n"
            head, _, events = stream(first).partition(b"\r\n\r\n")
            self.add(1, "server", head + b"\r\n\r\n" + events.removesuffix(b"0\r\n\r\n"))
            self.begin(2, "http")
            path = f"/messages?session_id={self.SESSION}"
            self.add(2, "client", post(text(id=0, method="initialize", params=OPENING), path=path))
            self.add(2, "client", post(text(id=1, method="ping"), path=path))
            for answer in (text(id=0, result=OPENED), text(id=1, result=result)):
                self.add(1, "server", stream(b"event: message\ndata: " + answer + b"\n\n").partition(b"\r\n\r\n")[2]
                         .removesuffix(b"0\r\n\r\n"))
            self.assertEqual(self.expect(fault).messages, 4)

    def test_what_a_client_sends_that_is_no_http_is_its_own_affair(self):
        self.begin(1, "http")
        self.add(1, "client", b"\x16\x03\x01 hello\r\n\r\n")
        self.add(1, "server", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        self.expect(None)

    def test_what_a_server_sends_that_is_no_http_or_no_message_is_found(self):
        self.opened()
        self.add(1, "client", post(call(), f"Mcp-Session-Id: {self.SESSION}"))
        self.add(1, "server", reply(b"{}"))
        self.expect("no message")
        self.add(1, "server", b"HTTP/1.1 two\r\n\r\n")
        self.expect("not HTTP")


if __name__ == "__main__":
    unittest.main()
