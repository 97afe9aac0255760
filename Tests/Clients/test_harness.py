# SPDX-License-Identifier: Apache-2.0
"""The recorders and the gate find what they must find: a gate that lets everything through proves nothing."""

import json
import os
import unittest
from pathlib import Path

from gate import CLAIM, Gate, load_schemas
from http_tee import HTTPReader

SCHEMAS = os.environ.get("CMCP_MCP_SCHEMAS")
CALL_RESULT = {"content": [{"type": "text", "text": "hello"}]}


def request(method, identifier=1, claim=None, **params):
    if claim:
        params["_meta"] = {CLAIM: claim}
    return "client", json.dumps({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})


def result(value, identifier=1):
    return "server", json.dumps({"jsonrpc": "2.0", "id": identifier, "result": value})


def opened(revision):
    """The first exchange of a session, with the given revision agreed on."""
    answer = {"protocolVersion": revision, "capabilities": {"tools": {}}, "serverInfo": {"name": "a", "version": "1"}}
    return [request("initialize", 0), result(answer, 0)]


@unittest.skipUnless(SCHEMAS, "the schemas are not here")
class GateTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schemas = load_schemas(Path(SCHEMAS))

    def faults(self, entries):
        gate = Gate(self.schemas)
        for kind, content in entries:
            gate.take(kind, content)
        gate.finish()
        return gate.faults

    def test_good_conversations_pass(self):
        for revision in self.schemas:
            if revision < "2026":
                call = [request("tools/call", name="t"), result(CALL_RESULT)]
                entries = [*opened(revision), *call, request("ping"), result({})]
                self.assertEqual(self.faults(entries), [], revision)

    def test_a_good_modern_exchange_passes(self):
        complete = {**CALL_RESULT, "resultType": "complete"}
        entries = [request("tools/call", claim="2026-07-28", name="t"), result(complete)]
        self.assertEqual(self.faults(entries), [])

    def test_faulty_messages_are_found(self):
        tool = {"name": "t", "inputSchema": {"type": "object"}}
        call = request("tools/call", name="t")
        cases = {
            "content of an unknown type": ("2025-11-25", [call, result({"content": [{"type": "smell"}]})]),
            "content missing": ("2025-06-18", [call, result({})]),
            "an unknown id": ("2025-06-18", [call, result(CALL_RESULT), result(CALL_RESULT, 7)]),
            "two answers": ("2025-06-18", [call, result(CALL_RESULT), result(CALL_RESULT)]),
            "no answer": ("2025-06-18", [call]),
            "an id of another type": ("2025-06-18", [call, result(CALL_RESULT, "1")]),
            "a later member": ("2025-11-25", [call, result({**CALL_RESULT, "resultType": "complete"})]),
            "ping with members": ("2025-11-25", [request("ping"), result({"ok": True})]),
            "structure too early": ("2025-03-26", [call, result({**CALL_RESULT, "structuredContent": {}})]),
            "structure without its text": (
                "2025-06-18", [call, result({**CALL_RESULT, "structuredContent": {"a": 1}})],
            ),
            "annotations too early": (
                "2024-11-05", [request("tools/list"), result({"tools": [{**tool, "annotations": {}}]})],
            ),
            "an output that breaks its schema": (
                "2025-06-18",
                [
                    request("tools/list"),
                    result({"tools": [{**tool, "outputSchema": {"type": "object", "required": ["a"]}}]}),
                    call,
                    result({"content": [{"type": "text", "text": "{}"}], "structuredContent": {}}),
                ],
            ),
            "an unknown notification": ("2025-06-18", [("server", '{"jsonrpc":"2.0","method":"notifications/new"}')]),
            "a log line": ("2025-06-18", [("server", "INFO ready")]),
            "a duplicate key": ("2025-06-18", [call, ("server", '{"jsonrpc":"2.0","id":1,"id":1,"result":{}}')]),
            "a batch": ("2025-06-18", [call, ("server", f"[{result(CALL_RESULT)[1]}]")]),
            "an error without a message": (
                "2025-06-18", [call, ("server", '{"jsonrpc":"2.0","id":1,"error":{"code":-32602}}')],
            ),
            "an answer after cancellation": (
                "2025-06-18",
                [
                    call,
                    ("client", '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}'),
                    result(CALL_RESULT),
                ],
            ),
            "an absolute endpoint": ("2024-11-05", [("endpoint", "http://127.0.0.1/messages?session_id=1")]),
            "a refused POST": ("2024-11-05", [("status", 400)]),
            "a bad end": ("2024-11-05", [("exit", 1)]),
        }
        for name, (revision, entries) in cases.items():
            with self.subTest(name):
                self.assertTrue(self.faults([*opened(revision), *entries]), name)

    def test_a_modern_result_needs_its_type(self):
        entries = [request("tools/call", claim="2026-07-28", name="t"), result(CALL_RESULT)]
        self.assertTrue(self.faults(entries))

    def test_a_list_of_the_newest_revision_needs_its_caching_hints(self):
        entries = [request("tools/list", claim="2026-07-28"), result({"tools": [], "resultType": "complete"})]
        self.assertTrue(self.faults(entries))


class HTTPReaderTests(unittest.TestCase):
    STREAM = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"1b\r\nevent: endpoint\ndata: /m?1\n\r\n2\r\n\n:\r\n"
        b"13\r\n keep\n\ndata: {\"a\":1\r\n5\r\n}\r\n\r\n\r\n1\r\n\n\r\n0\r\n\r\n"
    )

    def read(self, data, step):
        seen = []
        reader = HTTPReader(
            lambda first, headers, body: seen.append((first.split()[0], body)),
            lambda name, content: seen.append((name, content)),
            lambda text: seen.append(("fault", text)),
        )
        for start in range(0, len(data), step):
            reader.feed(data[start : start + step])
        return seen

    def test_requests_are_cut_however_the_bytes_arrive(self):
        data = b"POST /m HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello" b"GET /sse HTTP/1.1\r\nHost: a\r\n\r\n"
        data = data.replace(b"Host: a", b"Content-Length: 0")
        for step in (1, 3, 1000):
            self.assertEqual(self.read(data, step), [("POST", b"hello"), ("GET", b"")])

    def test_events_are_cut_however_the_bytes_arrive(self):
        for step in (1, 3, 1000):
            self.assertEqual(self.read(self.STREAM, step), [("endpoint", b"/m?1"), ("message", b'{"a":1}')])

    def test_what_is_not_http_is_a_fault(self):
        self.assertEqual(self.read(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", 1000)[0][0], "fault")


if __name__ == "__main__":
    unittest.main()
