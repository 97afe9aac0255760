// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// Processes that want to outlive their call, to hold it up or to reach others (B-9 to B-13, P-7, R-8).
///
/// Every server looks at its end for processes with its mark; none may be left.
@Suite struct SurvivalTests {
    @Test(arguments: Place.attacked)
    func `background children and daemons are gone after the call and do not hold it up`(place: Place)
        async throws
    {
        try await AttackServer.with(place) { attacked in
            let mark = attacked.mark
            let lines = [
                "sleep \(mark) & echo done", "setsid sleep \(mark) >/dev/null 2>&1 & echo done",
                "(setsid bash -c '(sleep \(mark) &) &' &) ; echo done",
                "nohup sleep \(mark) >/dev/null 2>&1 & disown; echo done",
                "(trap '' HUP TERM INT; exec setsid sleep \(mark)) & echo done",
                "coproc sleep \(mark); echo done", "exec 7> >(sleep \(mark)); echo done",
            ]
            for line in lines {
                let reply = await attacked.bash(line)
                // Without /proc there is no process substitution.
                if !line.contains(">(") || place.level == .full {
                    #expect(reply.output == "done\n", "\(line): \(reply.everything)")
                }
                #expect(!reply.flag("timed_out"), "\(line)")
                #expect(HostProcesses.ids(withArgument: mark).isEmpty, "\(line)")
            }
        }
    }

    @Test func `unconfined, a daemon outlives its parent`() async throws {
        try await HostFolder.with { folder in
            let mark = "86400.1\(UInt32.random(in: 10_000_000..<90_000_000))"
            _ = try Unconfined.bash("setsid sleep \(mark) >/dev/null 2>&1 </dev/null & echo done", in: folder)
            let left = await eventuallyFound { HostProcesses.ids(withArgument: mark) }
            #expect(left.count == 1)
            for process in left { kill(process, SIGKILL) }
        }
    }

    private func eventuallyFound(_ look: () -> [pid_t]) async -> [pid_t] {
        // One look only: in the moment of an exec a process shows no arguments.
        var found: [pid_t] = []
        _ = await eventually {
            found = look()
            return !found.isEmpty
        }
        return found
    }

    @Test(arguments: Place.attacked)
    func `native daemons are gone after the call`(place: Place) async throws {
        // A child subreaper, siblings made with CLONE_PARENT, double forks, and a chain of forks that never rests.
        let code = """
            import ctypes, os, signal, time
            libc = ctypes.CDLL(None, use_errno=True)
            CLONE = {'x86_64': 56}.get(os.uname().machine, 220)
            def wait_for_ever():
                for n in range(1, 32):
                    try: signal.signal(n, signal.SIG_IGN)
                    except (OSError, ValueError): pass
                os.setsid() if os.getpid() != os.getsid(0) else None
                for fd in range(256):
                    try: os.close(fd)
                    except OSError: pass
                while True: time.sleep(MARK)
            for sort in range(6):
                pid = os.fork()
                if pid: continue
                libc.prctl(36, 1, 0, 0, 0)
                if sort == 0: wait_for_ever()
                if sort == 1:
                    if os.fork() == 0 and os.fork() == 0: wait_for_ever()
                    os._exit(0)
                if sort == 2:
                    if libc.syscall(CLONE, 0x8000 | 17, 0, 0, 0, 0) == 0: wait_for_ever()
                    os._exit(0)
                if sort == 3:
                    if libc.syscall(CLONE, 19, 0, 0, 0, 0) == 0: wait_for_ever()
                    os._exit(0)
                if sort == 4:
                    libc.prctl(1, 9, 0, 0, 0)
                    if libc.syscall(CLONE, 9, 0, 0, 0, 0) == 0: os._exit(0)
                    wait_for_ever()
                if sort == 5:
                    for _ in range(100000):
                        if os.fork(): os._exit(0)
            time.sleep(0.2)
            print('done', flush=True)
            os._exit(0)
            """
        try await AttackServer.with(place) { attacked in
            for _ in 0..<3 {
                let reply = await attacked.python(code.replacing("MARK", with: attacked.mark))
                #expect(reply.output == "done\n", "\(reply.everything)")
                #expect(reply.exitCode == 0)
                #expect(HostProcesses.ids(withArgument: attacked.mark).isEmpty)
            }
        }
    }

    @Test(arguments: Place.attacked)
    func `the time limit holds against everything`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let mark = attacked.mark
            let lines = [
                "trap '' TERM INT HUP QUIT XCPU; while :; do :; done", "setsid -w sleep \(mark)",
                "kill -STOP $$",
                "(sleep \(mark) & exec 1>&- 2>&-; kill -STOP $BASHPID) & wait",
                "f() { f; }; while :; do read -t 1000 < /dev/zero; done",
                "mkfifo p; cat p", "exec 3<>p4 2>/dev/null; mkfifo p2; exec 3<>p2; read -u 3",
            ]
            for line in lines {
                let reply = await attacked.bash(line, timeout: 0.4)
                #expect(reply.flag("timed_out") && reply.exitCode == 124, "\(line): \(reply.everything)")
                #expect(HostProcesses.ids(withArgument: mark).isEmpty, "\(line)")
            }
            let codes = [
                "import threading, time\nthreading.Thread(target=time.sleep, args=(\(mark),)).start()",
                "import atexit, time\natexit.register(time.sleep, \(mark))", "9**9**9",
                "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')",
                "import signal\nfor n in range(1, 65):\n  try: signal.signal(n, signal.SIG_IGN)\n  except Exception: pass\nwhile True: pass",
                "class X:\n  def __del__(self):\n    while True: pass\nx = X()\ndel x",
                "class Y:\n  def __repr__(self):\n    while True: pass\n_ = Y()",
            ]
            for code in codes {
                let reply = await attacked.python(code, timeout: 0.7)
                #expect(reply.flag("timed_out") && reply.exitCode == 124, "\(code): \(reply.everything)")
            }
        }
    }

    @Test(arguments: Place.attacked)
    func `signals reach the call's own processes only`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            // A decoy of the same user: the server's own child, and a call that runs at the same time.
            let decoy = try Unconfined.start("/bin/sleep", ["sleep", "86399"])
            defer {
                kill(decoy, SIGKILL)
                _ = Unconfined.wait(for: decoy)
            }
            async let other = attacked.bash(
                "echo up > up; until [ -e done ]; do sleep 0.05; done; echo unharmed",
                timeout: 120
            )
            let ready = await eventually { HostFolder.read(attacked.workspace + "/up") == "up\n" }
            #expect(ready)
            // The parent of process 1 of a container has the number 0, which would be the shell's own group.
            let targets = [decoy, getpid(), getppid(), 1].filter { $0 > 0 }.map(String.init) + ["$PPID"]
            let shell = await attacked.bash(
                "for p in \(targets.joined(separator: " ")); do for s in 0 STOP TERM KILL IO; do kill -$s $p 2>/dev/null; done; done; echo still; kill -9 -1; echo here"
            )
            #expect(shell.output.hasPrefix("still\n"), "\(shell.everything)")
            let python = await attacked.python(
                """
                import os, signal, ctypes
                libc = ctypes.CDLL(None, use_errno=True)
                hit = []
                for p in [\(decoy), \(getpid()), os.getppid()] + list(range(max(2, \(decoy) - 3000), \(decoy) + 3000)):
                    if p == os.getpid(): continue
                    for f in (lambda: os.kill(p, 0), lambda: signal.pidfd_send_signal(os.pidfd_open(p), 0)):
                        try: f(); hit.append(p)
                        except OSError: pass
                    if libc.syscall({'x86_64': 129}.get(os.uname().machine, 138), p, 0, bytes(128)) == 0: hit.append(p)
                print(hit if os.getppid() != 1 else [p for p in hit if p != 1])
                """
            )
            #expect(python.output == "[]\n", "\(python.everything)")
            _ = await attacked.bash("echo x > done")
            let unharmed = await other
            #expect(unharmed.output == "unharmed\n", "\(unharmed.everything)")
            #expect(HostProcesses.isAlive(decoy))
        }
    }

    @Test func `unconfined, such a signal hits`() async throws {
        let decoy = try Unconfined.start("/bin/sleep", ["sleep", "86398"])
        try await HostFolder.with { folder in
            try #expect(Unconfined.bash("kill -9 \(decoy) && echo hit", in: folder).output == "hit\n")
        }
        #expect(Unconfined.wait(for: decoy) & 0x7f == SIGKILL)
    }

    @Test(arguments: Place.attacked)
    func `the watcher of a call cannot be stopped, traced, starved or rewritten`(place: Place)
        async throws
    {
        let code = """
            import os, ctypes, resource, time
            libc = ctypes.CDLL(None, use_errno=True)
            parent = os.getppid()
            opened = []
            for name in ('mem', 'environ', 'maps', 'fd', 'fd/3', 'fd/0', 'root', 'cwd', 'exe', 'task', 'stack', 'auxv', 'oom_score_adj', 'ns/mnt', 'ns/user', 'map_files', 'pagemap', 'clear_refs'):
                for way in (lambda p: os.open(p, os.O_RDONLY), lambda p: os.open(p, os.O_WRONLY), os.listdir, os.readlink, os.chdir):
                    try: way('/proc/%d/%s' % (parent, name)); opened.append(name)
                    except OSError: pass
            print('OPENED', [n for n in opened if n != 'task'])
            for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_AS):
                try: resource.prlimit(parent, limit, (0, 0))
                except (OSError, ValueError): pass
            for s in (19, 9, 17, 31): 
                try: os.kill(parent, s)
                except OSError: pass
            try: os.sched_setaffinity(parent, [0]); os.setpriority(0, parent, 19)
            except OSError: pass
            if os.fork() == 0:
                os.setsid(); time.sleep(MARK)
            print('end', flush=True)
            time.sleep(MARK)
            """
        try await AttackServer.with(place) { attacked in
            // The second time by its time limit, which is the server's own clock.
            let reply = await attacked.python(code.replacing("MARK", with: attacked.mark), timeout: 1)
            #expect(reply.output.contains("OPENED []\n") || reply.output.isEmpty, "\(reply.everything)")
            #expect(HostProcesses.ids(withArgument: attacked.mark).isEmpty)
            #expect(await attacked.bash("echo next").output == "next\n")
        }
    }

    @Test(arguments: Place.attacked)
    func `a call that is cancelled is gone at once, also at the very start`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let line = "echo up > up; (setsid sleep \(attacked.mark) &); sleep \(attacked.mark)"
            let running = Task { await attacked.bash(line, timeout: 100) }
            let isUp = await eventually { HostFolder.exists(attacked.workspace + "/up") }
            #expect(isUp)
            running.cancel()
            #expect(await running.value.failed)
            #expect(HostProcesses.ids(withArgument: attacked.mark).isEmpty)
            for round in 0..<20 {
                let early = Task { await attacked.bash("sleep \(attacked.mark)", timeout: 100) }
                for _ in 0..<round { await Task.yield() }
                early.cancel()
                // Were the word lost, this would go on for 100 s.
                let reply = await early.value
                #expect(reply.failed && !reply.flag("timed_out"), "round \(round): \(reply.everything)")
            }
        }
    }
}
