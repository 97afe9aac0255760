// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Testing

/// What one call can do to another, to its own init or to the server by what the kernel keeps for a user or a file
/// (P4, P7, P8).
@Suite struct CallBorderTests {
    @Test(arguments: [SandboxLevel.full, .noproc])
    func `no signal of any number or kind ends or deceives the init of a call`(level: SandboxLevel)
        async throws
    {
        // There is no unconfined control: nothing is sent to the init of the machine. SurvivalTests has one for signals.
        let code = """
            import ctypes, os, signal
            libc = ctypes.CDLL(None, use_errno=True)
            queue, thread = (129, 297) if os.uname().machine == 'x86_64' else (138, 240)
            init = os.pidfd_open(1)
            for number in range(1, 65):
                for f in (lambda: os.kill(1, number), lambda: signal.pidfd_send_signal(init, number)):
                    try: f()
                    except OSError: pass
                # As if the kernel or a child had sent it.
                for code in (-1, -6, 1, 0x80):
                    forged = number.to_bytes(4, 'little') + bytes(4) + (code & 0xffffffff).to_bytes(4, 'little') + bytes(116)
                    libc.syscall(queue, 1, number, forged); libc.syscall(thread, 1, 1, number, forged)
            os._exit(7)
            """
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.exitCode == 7 && reply.text("signal").isEmpty, "\(reply.everything)")
        }
    }

    @Test(arguments: attackedLevels)
    func `memory in the sockets of processes without their first thread counts`(level: SandboxLevel)
        async throws
    {
        // Unconfined it would take a gigabyte that belongs to no process.
        let code = """
            import ctypes, os, socket, threading, time
            libc = ctypes.CDLL(None, use_errno=True)
            def fill():
                held, total = [], 0
                try:
                    while total < 100 << 20:
                        a, b = socket.socketpair(); held += [a, b]
                        for s in (a, b):
                            s.setblocking(False)
                            try:
                                while total < 100 << 20: total += s.send(b'x' * 65536)
                            except BlockingIOError: pass
                except OSError: pass
                time.sleep(100)
            for i in range(12):
                if os.fork() == 0:
                    threading.stack_size(1 << 16)
                    threading.Thread(target=fill).start()
                    libc.syscall({'x86_64': 60}.get(os.uname().machine, 93), 0)
            time.sleep(6); print('HELD')
            """
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.text("limit") == "memory", "\(reply.everything)")
        }
    }

    @Test(arguments: [SandboxLevel.full, .noproc])
    func `memory in datagrams of senders that are gone counts`(level: SandboxLevel) async throws {
        // Unconfined it is the machine's limit on the queue of a socket that counts, which differs.
        let code = """
            import os, socket, time
            kept = []
            for i in range(110):
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind('\\0d%d' % i); kept.append(s)
                for j in range(20):
                    c = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); c.setblocking(False)
                    try: c.sendto(b'x' * 200000, '\\0d%d' % i)
                    except BlockingIOError: break
                    finally: c.close()
            time.sleep(3); print('HELD')
            """
        try await AttackServer.with(level, ["PYTHON_MEMORY_LIMIT": "128"]) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.text("limit") == "memory", "\(reply.everything)")
        }
    }
}
