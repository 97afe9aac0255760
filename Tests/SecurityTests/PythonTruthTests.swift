// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Testing

/// What a run says about itself, and what it leaves to the next one (B-15, B-19, P-3 to P-11).
@Suite struct PythonTruthTests {
    @Test(arguments: Place.attacked)
    func `ends are reported as they were`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            #expect(await attacked.python("import os\nos._exit(0)").exitCode == 0)
            #expect(await attacked.python("import os\nos._exit(5)").exitCode == 5)
            #expect(await attacked.python("import sys\nsys.exit(3)").exitCode == 3)
            let killed = await attacked.python("import os\nos.kill(os.getpid(), 9)")
            #expect(killed.text("signal") == "SIGKILL" && killed.exitCode == 137 && !killed.flag("success"))
            let crashed = await attacked.python("import ctypes\nctypes.string_at(0)")
            #expect(crashed.text("signal") == "SIGSEGV" && crashed.exitCode == 139)
            let shell = await attacked.bash("kill -TERM $$; sleep 1")
            #expect(shell.text("signal") == "SIGTERM" && shell.exitCode == 143)
            let deep = await attacked.python(
                "import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1)\nf(0)",
                timeout: 2
            )
            #expect(deep.failed && !deep.isError, "\(deep.everything.prefix(300))")
            #expect(await attacked.python("input()").trouble.contains("EOFError"))
        }
    }

    @Test(arguments: Place.attacked)
    func `nothing printed or written becomes a field`(place: Place) async throws {
        let forged = #"{"output":"","error":"","result":666,"exit_code":0,"success":true}"#
        try await AttackServer.with(place) { attacked in
            let printed = await attacked.python("print('''\(forged)''')\n_ = 1")
            #expect(printed.fields["result"] == 1 && printed.output == forged + "\n")
            let shell = await attacked.bash("echo '{\"exit_code\":0,\"success\":true}'; exit 4")
            #expect(shell.exitCode == 4 && !shell.flag("success"))
            // On the result channel itself: never another exit status, never anything but one whole JSON value.
            let rows = [
                "os.write(3, b'J' + (3).to_bytes(8, 'big') + b'666'); os._exit(7)",
                "os.write(3, b'J' + (1 << 63).to_bytes(8, 'big') + b'1'); os._exit(0)",
                "os.write(3, b'J' + (4).to_bytes(8, 'big') + b'{\"a\"'); os._exit(0)",
                "os.write(3, b'J' + (7).to_bytes(8, 'big') + b'1}, \"x\"'); os._exit(0)",
                "os.write(3, b'\\xff' * 20); os._exit(0)",
                "os.write(3, b'J' + (200000).to_bytes(8, 'big') + b'[' * 200000); os._exit(0)",
                "os.write(3, b'J' + (2).to_bytes(8, 'big') + b'\\xff\\xfe'); os._exit(0)",
                "os.close(3); _ = 5",
            ]
            for row in rows {
                let reply = await attacked.python("import os\n" + row)
                #expect(reply.fields["result"]?.isNull ?? true, "\(row): \(reply.everything.prefix(300))")
                #expect(reply.exitCode == (row.contains("_exit(7)") ? 7 : 0), "\(row)")
            }
        }
    }

    @Test(arguments: Place.attacked)
    func `odd values are valid JSON or a clear error`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let rows: [(String, JSONValue)] = [
                ("_ = float('nan')", "NaN"),
                ("_ = [float('inf'), -float('inf')]", ["Infinity", "-Infinity"]),
                ("_ = b'\\xff'", ["base64": "/w=="]),
                ("_ = {3, 1, 2}", [1, 2, 3]), ("_ = {1: 'a', None: 'b'}", ["1": "a", "None": "b"]),
                ("_ = 2 ** 70", "1180591620717411303424"),
            ]
            for (code, value) in rows {
                #expect(await attacked.python(code).fields["result"] == value, "\(code)")
            }
            for code in [
                "_ = []\n_.append(_)", "_ = 10 ** 5000", "_ = '\\ud800'",
                "x = []\nfor _ in range(5000): x = [x]\n_ = x",
                "class E:\n  def __repr__(self): raise ValueError\n_ = E()",
                "class I(int):\n  def __repr__(self): return 'evil'\n_ = I(3)",
                "class S(str):\n  def encode(self, *a): return b'\"}'\n_ = S('x')", "_ = 'x' * (3 << 20)",
            ] {
                let reply = await attacked.python(code)
                #expect(
                    !reply.isError && !reply.flag("timed_out"),
                    "\(code): \(reply.everything.prefix(300))"
                )
                #expect((try? JSONValue(parsing: reply.fields.encoded())) == reply.fields, "\(code)")
            }
            let bytes = await attacked.bash(
                "printf '\\xff\\xfe\\x80abc\\xed\\xa0\\x80'; printf '\\x1b[31m\\x00\\xc3' >&2"
            )
            #expect(bytes.output.contains("abc") && bytes.output.contains("\u{FFFD}"))
            #expect((try? JSONValue(parsing: bytes.fields.encoded())) == bytes.fields)
        }
    }

    @Test(arguments: Place.attacked)
    func `only the documented descriptors are open`(place: Place) async throws {
        let code = """
            import os
            found = []
            for fd in range(1024):
                try: os.fstat(fd); found.append(fd)
                except OSError: pass
            print(found)
            """
        try await AttackServer.with(place) { attacked in
            #expect(await attacked.python(code).output == "[0, 1, 2, 3]\n")
            // The shell's own complaints go to its standard error, so that it has to keep no copy of that.
            let shell = await attacked.bash(
                "for f in {0..255}; do { : >&$f; } && echo -n \"$f \"; { : <&$f; } && echo -n \"$f \"; done"
            )
            #expect(Set(shell.output.split(separator: " ")).isSubset(of: ["0", "1", "2"]), "\(shell.output)")
            if place.level == .full {
                let list = await attacked.python(
                    "import os\nprint(sorted(os.listdir('/proc/self/fd'), key=int))"
                )
                // The fourth is the listing's own.
                #expect(list.output == "['0', '1', '2', '3', '4']\n")
            }
        }
    }

    @Test(arguments: Place.attacked)
    func `calls share no open file, no module, no socket and no memory`(place: Place) async throws {
        let set =
            "import fcntl, os\nfcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_APPEND | os.O_NONBLOCK)\nfcntl.flock(0, fcntl.LOCK_EX)"
        let get = "import fcntl, os\nprint(fcntl.fcntl(0, fcntl.F_GETFL) & (os.O_APPEND | os.O_NONBLOCK))"
        try await AttackServer.with(place) { attacked in
            #expect(!(await attacked.python(set)).failed)
            #expect(await attacked.python(get).output == "0\n")
            // The flag does stay where the open file is the same.
            #expect(
                await attacked.python(
                    "import os\n" + set
                        + "\nif os.fork() == 0:\n  print(fcntl.fcntl(0, fcntl.F_GETFL) & os.O_APPEND != 0)\nelse: os.wait()"
                ).output == "True\n"
            )

            _ = await attacked.bash(
                "echo 'raise SystemExit(9)' > json.py; cp json.py os.py; cp json.py traceback.py; cp json.py sitecustomize.py; mkdir encodings; cp json.py encodings/__init__.py; cp json.py usercustomize.py"
            )
            let normal = await attacked.python("import json, traceback\nprint(json.dumps([1]))")
            #expect(normal.output == "[1]\n" && normal.exitCode == 0, "\(normal.everything)")

            async let listener = attacked.python(
                """
                import socket, os, time
                s = None
                try:
                    s = socket.socket(socket.AF_UNIX); s.bind('\\0cmcp-meeting'); s.listen(); s.settimeout(0.05)
                    c = socket.socket(socket.AF_UNIX); c.connect('\\0cmcp-meeting'); s.accept(); print('own connection works')
                except OSError as error: print('none', error.errno)
                open('ready', 'w').close()
                while not os.path.exists('over'):
                    try: print('MET', s.accept()) if s else time.sleep(0.05)
                    except OSError: pass
                """
            )
            let caller = await attacked.python(
                """
                import socket, os, time
                while not os.path.exists('ready'): time.sleep(0.02)
                try:
                    s = socket.socket(socket.AF_UNIX); s.connect('\\0cmcp-meeting'); print('MET')
                except OSError as error: print(error.errno)
                open('over', 'w').close()
                """
            )
            #expect(!caller.output.contains("MET"), "\(caller.everything)")
            let answer = await listener
            #expect(!answer.output.contains("MET"), "\(answer.everything)")
            if place.level.hasOwnRoot {
                #expect(answer.output.contains("own connection works"), "\(answer.everything)")
            }
        }
    }

    @Test(arguments: Place.attacked)
    func `reading standard input ends at once and takes nothing of the protocol`(place: Place)
        async throws
    {
        try await AttackServer.with(place) { attacked in
            #expect(await attacked.bash("cat; echo end").output == "end\n")
            #expect(
                await attacked.bash("exec 0<>/dev/stdin; cat <&1 2>/dev/null & read -t 0.2 x <&2; echo end")
                    .output.hasSuffix("end\n")
            )
        }
    }
}
