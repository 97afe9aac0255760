// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc
import Testing

@testable import ContainerMCPSandbox

/// Signals at level `filtered`: each way to confine them, alone, against targets that a child's own user may signal.
@Suite(.serialized) struct SignalTests {
    /// A way that is tried alone, with a name for the test's report.
    struct Way: Sendable, CustomTestStringConvertible {
        let ways: SignalWays
        let found: SignalWay
        let testDescription: String

        static let scope = Way(ways: .landlockScope, found: .landlockScope, testDescription: "Landlock scope")
        static let supervisor = Way(ways: .supervisor, found: .supervisor, testDescription: "supervisor")
        static let older = Way(
            ways: [.supervisor, .interruptible],
            found: .supervisor,
            testDescription: "supervisor as before Linux 5.19"
        )
        static let all = [scope, supervisor, older]
    }

    /// Starts a sandbox with one way, or cancels the test where the kernel has it not.
    private static func with(
        _ way: Way,
        commands: [String] = TestSandbox.commands,
        _ body: (TestSandbox) async throws -> Void
    ) async throws {
        try require(way)
        try await TestSandbox.with(
            level: .exactly(.filtered),
            commands: commands + ["timeout", "bash"],
            configure: { $0.signalWays = way.ways }
        ) { sandbox in
            let report = sandbox.sandbox.report
            try #require(report.signalWay == way.found)
            #expect(report.statuses[.signalScope] == .enforced)
            try await body(sandbox)
        }
    }

    /// Cancels the test where the kernel has the way not.
    private static func require(_ way: Way) throws {
        let abi = cmcp_landlock_abi()
        guard way.found == .landlockScope, abi < 6 else { return }
        try Test.cancel("Landlock on this kernel has no scope for signals (ABI \(abi))")
    }

    /// Prints the name of every call by which the target can be signalled.
    private static func attempts(on target: Int32) -> String {
        """
        import ctypes, os, signal
        libc = ctypes.CDLL(None, use_errno=True)
        machine = os.uname().machine
        numbers = dict(kill=62, tkill=200, tgkill=234, queue=129, tgqueue=297, pidfd=424) if machine == 'x86_64' \\
            else dict(kill=129, tkill=130, tgkill=131, queue=138, tgqueue=240, pidfd=424)
        target = \(target)
        info = (ctypes.c_int * 32)(); info[2] = -1
        try: held = os.pidfd_open(target)
        except OSError: held = -1
        arguments = dict(kill=(target, 0), tkill=(target, 0), tgkill=(target, target, 0), queue=(target, 0, info),
                         tgqueue=(target, target, 0, info), pidfd=(held, 0, None, 0))
        print(*sorted(name for name in numbers if libc.syscall(numbers[name], *arguments[name]) == 0))
        """
    }

    @Test(arguments: Way.all)
    func `no call that sends a signal reaches a process of the same user outside`(way: Way) async throws {
        try await Self.with(way) { sandbox in
            let outsider = try Outsider(workspace: sandbox.workspace)
            defer { outsider.end() }
            let code = Self.attempts(on: outsider.process)
            #expect(try outsider.python(code) == "kill pidfd queue tgkill tgqueue tkill\n")
            #expect(try await sandbox.python(code).output.text() == "\n")
            for pid in [getpid(), getppid(), 1] {
                let outcome = try await sandbox.python(Self.attempts(on: pid))
                #expect(outcome.output.text() == "\n", "process \(pid)")
            }
            // Its own supervisor, and the launcher above that.
            let above = try await sandbox.python(
                Self.attempts(on: 0).replacing("target = 0", with: "target = os.getppid()")
            )
            #expect(above.output.text() == "\n")
            let group = try await sandbox.python(
                """
                import os
                try: os.kill(-1, 9)
                except OSError: pass
                try: os.killpg(\(getpgid(outsider.process)), 9)
                except OSError as error: print(error.errno in (1, 3))
                """
            )
            #expect(group.output.text() == "True\n", "\(group.error.text())")
            #expect(outsider.isAlive)
        }
    }

    @Test(arguments: Way.all)
    func `processes of two calls at once do not reach each other`(way: Way) async throws {
        try await Self.with(way) { sandbox in
            async let first = sandbox.bash(
                "echo $$ > pid.part; mv pid.part pid; until [ -e over ]; do sleep 0.05; done; echo lived"
            )
            var pid: Int32?
            while pid == nil {
                pid = HostPath.read(sandbox.workspace + "/pid", limit: 20).flatMap {
                    Int32(String(decoding: $0, as: UTF8.self).filter(\.isNumber))
                }
                await Task.yield()
            }
            let second = try await sandbox.python(Self.attempts(on: try #require(pid)))
            #expect(second.output.text() == "\n")
            _ = try await sandbox.bash("kill -9 -1; touch over")
            #expect(try await first.output.text() == "lived\n")
        }
    }

    @Test func `as another user a child reaches neither the server nor root, and the report says the rest`()
        async throws
    {
        let ways = { (configuration: inout SandboxConfiguration) in configuration.signalWays = .userID }
        guard geteuid() == 0 else {
            // Nothing is left for an ordinary user: no start.
            let error = await #expect(throws: SandboxError.self) {
                try await TestSandbox.with(level: .exactly(.filtered), configure: ways) { _ in }
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("could signal the server") == true, "\(error?.message ?? "")")
            return
        }
        try await TestSandbox.with(level: .exactly(.filtered), configure: ways) { sandbox in
            let report = sandbox.sandbox.report
            #expect(report.signalWay == .userID)
            #expect(report.statuses[.signalScope]?.word == "partial")
            #expect(report.reducedPromises.contains { $0.contains("can signal each other") })
            for pid in [getpid(), 1] {
                let outcome = try await sandbox.python(Self.attempts(on: pid))
                #expect(outcome.output.text() == "\n", "process \(pid)")
            }
            let above = try await sandbox.python(
                Self.attempts(on: 0).replacing("target = 0", with: "target = os.getppid()")
            )
            #expect(above.output.text() == "\n")
            // The control: what the other ways stop is possible here.
            let outsider = try Outsider(workspace: sandbox.workspace)
            defer { outsider.end() }
            let outcome = try await sandbox.python(Self.attempts(on: outsider.process))
            #expect(outcome.output.text() == "kill pidfd queue tgkill tgqueue tkill\n")
        }
    }

    @Test func `the strongest way is taken, and the shared process count is named`() async throws {
        // With control groups the kernel counts for each call.
        let alone = { (configuration: inout SandboxConfiguration) in configuration.groupUse = .never }
        try await TestSandbox.with(level: .exactly(.filtered), configure: alone) { sandbox in
            let report = sandbox.sandbox.report
            #expect(report.signalWay == (report.landlockABI >= 6 ? .landlockScope : .supervisor))
            let user = ChildIdentity(workspace: sandbox.workspace).user
            #expect(
                report.reducedPromises.contains {
                    $0.contains("user id \(user)") && $0.contains("RLIMIT_NPROC")
                }
            )
        }
        try await TestSandbox.with(level: .exactly(.full)) { sandbox in
            #expect(sandbox.sandbox.report.signalWay == .pidNamespace)
            #expect(!sandbox.sandbox.report.reducedPromises.contains { $0.contains("RLIMIT_NPROC") })
        }
    }

    @Test(arguments: Way.all)
    func `bash and its jobs work as anywhere`(way: Way) async throws {
        let script = """
            set -m
            sleep 970 & kill %1; wait %1; echo "term $?"
            set +m; sleep 970 & kill -STOP $!; kill -CONT $!; kill -9 $!; wait $!; echo "kill $?"; set -m
            sleep 970 | sleep 970 & kill -HUP -$(jobs -p %%); wait $!; echo "group $?"
            trap 'echo usr' USR1; kill -USR1 $$; echo after
            (sleep 970; echo no) & kill -0 $! && echo there; kill $!; wait; kill -0 $! 2>/dev/null || echo gone
            timeout 0.1 sleep 970; echo "timeout $?"
            timeout -s KILL 0.1 bash -c 'trap "" TERM; sleep 970'; echo "timeout $?"
            bash -c 'trap "echo own; exit 4" TERM; kill -TERM -$$; while :; do :; done'; echo "own $?"
            bash -c 'trap "" TERM; sleep 970 & sleep 970 & kill -TERM 0; echo ignored; kill -KILL -1; wait; echo alone'
            kill -l 9
            """
        try await Self.with(way) { sandbox in
            let outcome = try await sandbox.bash(script)
            let expected = """
                term 143
                kill 137
                group 129
                usr
                after
                there
                gone
                timeout 124
                timeout 137
                own
                own 4
                ignored
                """
            let output = outcome.output.text()
            #expect(output.hasPrefix(expected), "\(output)\n\(outcome.error.text())")
        }
    }

    @Test(arguments: Way.all)
    func `Python's signals arrive once, and before the call that sent them is over`(way: Way) async throws {
        let code = """
            import ctypes, os, signal, subprocess, sys, threading, time
            libc = ctypes.CDLL(None, use_errno=True)
            seen = []
            signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
            for _ in range(200): os.kill(os.getpid(), signal.SIGUSR1)
            print(len(seen))
            signal.raise_signal(signal.SIGUSR1); print(len(seen))
            signal.pthread_kill(threading.get_ident(), signal.SIGUSR1); print(len(seen))
            signal.pidfd_send_signal(os.pidfd_open(os.getpid()), signal.SIGUSR1)
            while len(seen) < 203: time.sleep(0.001)
            print(len(seen))
            child = subprocess.Popen(['/bin/bash', '-c', 'sleep 970; :']); child.kill(); print(child.wait())
            child = subprocess.Popen(['/bin/bash', '-c', 'sleep 970; :']); child.terminate(); print(child.wait())
            try: subprocess.run(['/bin/bash', '-c', 'while :; do :; done'], timeout=0.1)
            except subprocess.TimeoutExpired: print('timeout')
            child = subprocess.Popen(['/bin/bash', '-c', 'sleep 970 & sleep 970'], start_new_session=True)
            os.killpg(child.pid, signal.SIGKILL); print(child.wait())
            # A child answers its parent, thousands of times, each signal waited for.
            def answer(number, frame): os.kill(os.getppid(), signal.SIGUSR2)
            got = []
            signal.signal(signal.SIGUSR2, lambda number, frame: got.append(number))
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGUSR1, answer); os.kill(os.getppid(), signal.SIGUSR2)
                while True: time.sleep(0.02)
            while len(got) < 1: time.sleep(0.001)
            for i in range(300):
                os.kill(child, signal.SIGUSR1)
                while len(got) < i + 2: time.sleep(0.0002)
            os.kill(child, signal.SIGKILL); print(len(got), os.waitpid(child, 0)[1])
            # A value that travels with a signal; a kind that only the kernel may send does not.
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
            ready, go = os.pipe()
            child = os.fork()
            if child == 0:
                os.write(go, b'r')
                info = signal.sigwaitinfo([signal.SIGRTMIN])
                os._exit(0 if info.si_code == -1 and info.si_pid == os.getppid() else 1)
            os.read(ready, 1)
            info = (ctypes.c_int * 32)(); info[2] = 0; info[4] = os.getpid(); info[5] = os.getuid(); info[6] = 7
            number = {'x86_64': 129}.get(os.uname().machine, 138)
            print(libc.syscall(number, child, signal.SIGRTMIN, info), ctypes.get_errno())
            info[2] = -1
            print(libc.syscall(number, child, signal.SIGRTMIN, info), os.waitpid(child, 0)[1])
            print(libc.syscall(number, child, signal.SIGRTMIN, None) == -1)
            for wrong in ((2 ** 22 + 1, 0), (os.getpid(), 65), (-(2 ** 31), 9)):
                print(libc.kill(*wrong), ctypes.get_errno())
            """
        try Self.require(way)
        try await TestSandbox.with(
            level: .exactly(.filtered),
            configure: { configuration in
                configuration.signalWays = way.ways
                // Python's view gets bash and sleep as well.
                for node in configuration.kinds[TestSandbox.bash]?.view.nodes ?? [] {
                    configuration.kinds[TestSandbox.python]?.view.add(node.path, node.kind)
                }
            }
        ) { sandbox in
            #expect(sandbox.sandbox.report.signalWay == way.found)
            let limits = ProcessRequest.Limits(time: .seconds(110), memory: 256 << 20)
            let outcome = try await sandbox.python(code, limits: limits)
            #expect(
                outcome.output.text() == """
                    200
                    201
                    202
                    203
                    -9
                    -15
                    timeout
                    -9
                    301 9
                    -1 1
                    0 0
                    True
                    -1 3
                    -1 22
                    -1 3

                    """,
                "\(outcome.ending) \(outcome.error.text())"
            )
        }
    }

    @Test(arguments: [Way.supervisor, .older])
    func `threads are signalled as threads of their own process only`(way: Way) async throws {
        try await Self.with(way) { sandbox in
            let outcome = try await sandbox.python(
                """
                import ctypes, os, signal, threading, time
                libc = ctypes.CDLL(None, use_errno=True)
                tkill, tgkill = (200, 234) if os.uname().machine == 'x86_64' else (130, 131)
                over = threading.Event(); started = threading.Event(); ids = []
                def wait(): ids.append(threading.get_native_id()); started.set(); over.wait()
                thread = threading.Thread(target=wait); thread.start(); started.wait()
                print(libc.syscall(tgkill, os.getpid(), ids[0], 0), libc.syscall(tgkill, os.getppid(), ids[0], 0))
                print(libc.syscall(tkill, threading.get_native_id(), 0), libc.syscall(tgkill, os.getpid(), 1, 0))
                signal.pthread_kill(thread.ident, 0); print('own')
                # A thread beside the caller can be held on to since Linux 6.9; before that the answer is no.
                print(libc.syscall(tkill, ids[0], 0) in (0, -1))
                over.set(); thread.join()
                """
            )
            #expect(outcome.output.text() == "0 -1\n0 -1\nown\nTrue\n", "\(outcome.error.text())")
        }
    }

    @Test(arguments: [Way.supervisor, .older])
    func `a flood of questions holds up neither the time limit nor the end of the tree`(way: Way) async throws
    {
        try await Self.with(way) { sandbox in
            let outcome = try await sandbox.python(
                """
                import os, signal
                signal.signal(signal.SIGUSR1, signal.SIG_IGN)
                print('before', flush=True)
                for i in range(40):
                    if os.fork() == 0: break
                while True:
                    for call in (lambda: os.kill(-1, signal.SIGUSR1), lambda: os.kill(os.getppid(), signal.SIGUSR1)):
                        try: call()
                        except OSError: pass
                """,
                limits: .init(time: .seconds(1), memory: 1 << 30)
            )
            #expect(outcome.ending == .timedOut)
            #expect(outcome.output.text() == "before\n")
            #expect(try await sandbox.bash("echo on").output.text() == "on\n")
        }
    }

    @Test(arguments: [Way.supervisor, .older])
    func `callers that die while they wait, and the end of everybody, leave the supervisor well`(way: Way)
        async throws
    {
        try await Self.with(way) { sandbox in
            let outcome = try await sandbox.python(
                """
                import os, signal, time
                # Each asks for signals without a pause and is killed amid that by its parent, who must never hang.
                for i in range(150):
                    child = os.fork()
                    if child == 0:
                        while True: os.kill(os.getppid(), 0)
                    time.sleep(0.0001 * (i % 7))
                    os.kill(child, signal.SIGKILL)
                    assert os.waitpid(child, 0)[1] == 9
                print('all', flush=True)
                for i in range(20):
                    if os.fork() == 0:
                        while True: time.sleep(100)
                os.kill(-1, signal.SIGKILL)
                ended = [os.wait()[1] for i in range(20)]
                print(ended == [9] * 20)
                """
            )
            #expect(outcome.output.text() == "all\nTrue\n", "\(outcome.ending) \(outcome.error.text())")
        }
    }

    @Test(arguments: [Way.supervisor, .older])
    func `filters that a child adds open nothing`(way: Way) async throws {
        try await Self.with(way) { sandbox in
            let outsider = try Outsider(workspace: sandbox.workspace)
            defer { outsider.end() }
            // A filter that allows everything, one that asks a listener which is not there, and many of them.
            let outcome = try await sandbox.python(
                """
                import ctypes, os
                libc = ctypes.CDLL(None, use_errno=True)
                class Filter(ctypes.Structure): _fields_ = [('length', ctypes.c_ushort), ('code', ctypes.c_void_p)]
                def install(verdict):
                    code = (ctypes.c_uint64 * 1)(6 | verdict << 32)
                    program = Filter(1, ctypes.addressof(code))
                    return libc.prctl(22, 2, ctypes.byref(program), 0, 0)
                print([install(0x7fff0000) for i in range(100)] == [0] * 100)
                print(libc.kill(\(outsider.process), 0), libc.kill(os.getpid(), 0))
                """
            )
            #expect(outcome.output.text() == "True\n-1 0\n", "\(outcome.error.text())")
            let asking = try await sandbox.python(
                """
                import ctypes, os
                libc = ctypes.CDLL(None, use_errno=True)
                class Filter(ctypes.Structure): _fields_ = [('length', ctypes.c_ushort), ('code', ctypes.c_void_p)]
                # Only kill is asked about: load the number, compare, ask or allow.
                number = {'x86_64': 62}.get(os.uname().machine, 129)
                code = (ctypes.c_uint64 * 4)(0x20, 0x15 | 1 << 24 | number << 32, 6 | 0x7fc00000 << 32, 6 | 0x7fff0000 << 32)
                program = Filter(4, ctypes.addressof(code))
                print(libc.prctl(22, 2, ctypes.byref(program), 0, 0))
                print(libc.kill(\(outsider.process), 0), libc.kill(os.getpid(), 0), ctypes.get_errno())
                """
            )
            #expect(asking.output.text() == "0\n-1 -1 38\n", "\(asking.error.text())")
        }
    }

    @Test(arguments: [Way.supervisor, .older])
    func `numbers that are used again never lead outside`(way: Way) async throws {
        try await Self.with(way) { sandbox in
            // Thousands of processes that come and go, each signalled when it may be gone already, while processes
            // outside come and go, too.
            let churn = Churn(workspace: sandbox.workspace)
            async let died = churn.run(until: { HostPath.read(sandbox.workspace + "/over", limit: 1) != nil })
            let outcome = try await sandbox.python(
                """
                import os, signal
                for i in range(500):
                    child = os.fork()
                    if child == 0: os._exit(0)
                    for near in range(child - 2, child + 6):
                        if near != os.getpid():
                            try: os.kill(near, signal.SIGKILL)
                            except OSError: pass
                    os.waitpid(child, 0)
                open('over', 'w').close(); print('done')
                """
            )
            _ = try await sandbox.bash("touch over")
            #expect(outcome.output.text() == "done\n", "\(outcome.ending) \(outcome.error.text())")
            let (count, killed) = await died
            #expect(count > 0)
            #expect(killed == 0)
        }
    }
}
