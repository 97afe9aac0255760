// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import Testing

/// What a caller of Python expects to find.
@Suite struct PythonTests {
    static let forms: [(String, JSONValue)] = [
        ("_ = None", .null), ("_ = True", true), ("_ = 3", 3), ("_ = 2.5", 2.5), ("_ = 'é\\n'", "é\n"),
        ("_ = (1, [2])", [1, [2]]), ("_ = {3, 1, 2}", [1, 2, 3]), ("_ = {'a': {1: 2}}", ["a": ["1": 2]]),
        ("import datetime as d; _ = d.datetime(2026, 1, 2, 3, 4)", "2026-01-02T03:04:00"),
        ("import datetime as d; _ = [d.date(2026, 1, 2), d.time(3, 4)]", ["2026-01-02", "03:04:00"]),
        ("import decimal as d; _ = d.Decimal('1.10')", "1.10"),
        ("import fractions as f; _ = f.Fraction(1, 3)", "1/3"),
        ("import uuid; _ = uuid.UUID(int=1)", "00000000-0000-0000-0000-000000000001"),
        ("import pathlib; _ = pathlib.Path('/a/b')", "/a/b"), ("_ = 2**64", "18446744073709551616"),
        ("_ = 2**63 - 1", .integer(.max)),
        ("_ = [float('nan'), float('inf'), -float('inf')]", ["NaN", "Infinity", "-Infinity"]),
        ("_ = b'xx'", ["base64": "eHg="]),
        ("import enum\nclass E(enum.Enum): A = 'x'\n_ = E.A", "x"),
        ("import enum\nclass E(enum.IntEnum): A = 7\n_ = {E.A: E.A}", ["7": 7]),
        (
            "import dataclasses as d\n@d.dataclass\nclass P:\n  x: int\n  y: list\n_ = P(1, [2])",
            ["x": 1, "y": [2]]
        ),
        ("_ = {None: 1, True: 2, 1.5: 3}", ["None": 1, "True": 2, "1.5": 3]),
        ("_ = len", "<built-in function len>"),
        ("_ = []; _.append(_)", ["[[...]]"]), ("_ = '\\ud800x'", "\u{FFFD}x"), ("x = 1", .null),
        ("_ = 1; del _", .null),
    ]

    @Test func `the value of _ comes back as data`() async throws {
        try await TestServer.with { server in
            for (code, value) in Self.forms {
                let result = try await server.python(code)
                #expect(result["result"] == value, "\(code): \(result)")
            }
            let huge = try await server.python("_ = 'x' * (2 << 20)")
            #expect(huge["result"] == .null && huge["result_truncated"] == true)
            let digits = try await server.python("_ = 10**5000")
            #expect(digits["result"]?.stringValue?.utf8.count == 5001)
            let deep = try await server.python("_ = []\nfor i in range(500): _ = [_]")
            #expect(deep["success"] == true && deep["result"] != .null)
        }
    }

    @Test func `code runs as a module would`() async throws {
        try await TestServer.with { server in
            let code = """
                import json
                def fact(n): return 1 if n < 2 else n * fact(n - 1)
                class A:
                    def m(self): return json.dumps([fact(5)])
                if __name__ == "__main__":
                    print(A().m(), __name__)
                    _ = fact(20)
                """
            let result = try await server.python(code)
            #expect(
                result["output"] == "[120] __main__\n"
                    && result["result"] == .integer(2_432_902_008_176_640_000)
            )
            let streams = try await server.python(
                "import sys\nfor i in range(3):\n print('o', i)\n print('e', i, file=sys.stderr)"
            )
            #expect(streams["output"] == "o 0\no 1\no 2\n" && streams["error"] == "e 0\ne 1\ne 2\n")
        }
    }

    @Test func `own modules import and can't shadow the standard library`() async throws {
        try await TestServer.with { server in
            _ = try await server.result(
                .fileWrite,
                ["path": "helper.py", "content": "def f(): return 'mine'\n"]
            )
            _ = try await server.result(.fileWrite, ["path": "json.py", "content": "raise SystemExit(9)\n"])
            let result = try await server.python("import helper, json; _ = [helper.f(), json.dumps(1)]")
            #expect(result["result"] == ["mine", "1"], "\(result)")
            let left = try await server.python("import os; _ = sorted(os.listdir('.'))")
            #expect(left["result"] == ["helper.py", "json.py"])
        }
    }

    @Test func `the interpreter can start itself, and there is nothing else to start`() async throws {
        try await TestServer.with { server in
            let child = try await server.python(
                "import subprocess, sys; _ = subprocess.run([sys.executable, '-c', 'print(6*7)'], capture_output=True, text=True).stdout"
            )
            #expect(child["result"] == "42\n", "\(child)")
            let pool = try await server.python(
                "from multiprocessing import Pool\ndef f(x): return x*x\nwith Pool(2) as p: _ = p.map(f, range(4))"
            )
            if server.server.report.level.hasOwnRoot {
                #expect(pool["result"] == [0, 1, 4, 9], "\(pool)")
            } else {
                // The machine's /dev/shm is everybody's, so there is none, and with it no lock between processes.
                #expect(pool["error"]?.stringValue?.contains("PermissionError") == true, "\(pool)")
            }
            let none = try await server.python("import subprocess; subprocess.run(['/bin/ls'])")
            #expect(none["exit_code"] == 1)
        }
    }

    @Test func `input ends at once, and stdin is delivered`() async throws {
        try await TestServer.with { server in
            let ended = try await server.python("input()")
            #expect(ended["error"]?.stringValue?.contains("EOFError") == true)
            let line = try await server.python("_ = input()", ["stdin": "line\n"])
            #expect(line["result"] == "line")
        }
    }

    @Test func `only the documented descriptors are open`() async throws {
        try await TestServer.with { server in
            let result = try await server.python(
                """
                import os
                _ = []
                for fd in range(1024):
                    try: os.fstat(fd); _.append(fd)
                    except OSError: pass
                """
            )
            // 3 is the result channel. Not every level has a /proc to list them.
            #expect(result["result"] == [0, 1, 2, 3])
        }
    }
}
