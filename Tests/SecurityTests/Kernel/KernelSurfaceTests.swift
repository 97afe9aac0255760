// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// Arguments, descriptors and files of /proc by which the kernel could be talked into more (P1 to P6).
@Suite struct KernelSurfaceTests {
    private static let attacks: [KernelAttack] = [
        KernelAttack(
            "a socket by a number with a high half",
            "return call(41 | 1 << 32, 198 | 1 << 32, 2, 1, 0) >= 0"
        ),
        KernelAttack(
            "a socket of a family with a high half",
            "return call(41, 198, 2 | 1 << 32, 1, 0) >= 0"
        ),
        KernelAttack(
            "a user namespace by flags with a high half",
            .unfiltered,
            """
            pid = call(56, 220, 0x10000000 | 17 | 1 << 40, 0, 0, 0, 0)
            if pid == 0: os._exit(0)
            os.waitpid(pid, 0)
            return True
            """
        ),
        KernelAttack(
            "a personality with a high half",
            .unfiltered,
            "call(135, 92, 0x0040000 | 1 << 32)\nreturn libc.personality(0xffffffff) & 0x0040000 != 0"
        ),
        KernelAttack(
            "real-time, deadline or first-served scheduling",
            .root,
            """
            for f in (lambda: call(251, 30, 1, 0, 1 << 13), lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)),
                      lambda: call(314, 274, 0, struct.pack('IIQiIQQQ', 48, 6, 0, 0, 0, 10**7, 10**8, 10**8), 0)):
                try: f(); return True
                except OSError: pass
            """
        ),
        KernelAttack(
            "credentials of somebody else on a socket",
            .root,
            """
            a, b = socket.socketpair()
            b.setsockopt(socket.SOL_SOCKET, 16, 1)
            a.sendmsg([b'x'], [(socket.SOL_SOCKET, 2, struct.pack('iII', os.getpid(), 0, 0) if os.getuid() else struct.pack('iII', 1, 7, 7))])
            return True
            """
        ),
        KernelAttack(
            "more locked memory than the limit",
            .none("the limits of the test's own process differ from machine to machine"),
            "m = mmap.mmap(-1, 4 << 20)\ncall(149, 228, ctypes.addressof(ctypes.c_char.from_buffer(m)), 4 << 20)\nreturn True"
        ),
        KernelAttack(
            "locking all memory to come",
            .none("the same"),
            "call(151, 230, 2)\nm = mmap.mmap(-1, 4 << 20)\nreturn True"
        ),
        KernelAttack(
            "more kernel timers than pending signals are allowed",
            """
            made, number = 0, ctypes.c_int()
            while made < 3000 and libc.syscall(222 if X86 else 107, 1, struct.pack('lii48x', 0, 0, 1), ctypes.byref(number)) == 0: made += 1
            return made >= 3000
            """
        ),
        KernelAttack(
            "attributes as a store in temporary memory",
            .none("whether a tmpfs keeps attributes of users depends on the kernel"),
            """
            stored = 0
            for i in range(400):
                name = os.environ.get('TMPDIR', '/tmp') + '/a%d' % i
                open(name, 'w').close()
                try: os.setxattr(name, 'user.x', b'x' * 65000); stored += 65000
                except OSError: break
            return stored > 16 << 20
            """
        ),
        KernelAttack(
            "a file of /proc about itself that can be written",
            needsProc: true,
            """
            hit = []
            for folder in ('/proc/self/', '/proc/thread-self/'):
                for name in ('mem', 'oom_score_adj', 'oom_adj', 'loginuid', 'setgroups', 'uid_map', 'gid_map', 'projid_map', 'timens_offsets', 'coredump_filter', 'clear_refs',
                             'comm', 'sched', 'autogroup', 'timerslack_ns', 'attr/current', 'attr/exec', 'attr/keycreate', 'make-it-fail'):
                    try: os.close(os.open(folder + name, os.O_WRONLY)); hit.append(name)
                    except OSError: pass
            return hit
            """
        ),
        KernelAttack(
            "settings of the kernel below /proc and /sys",
            needsProc: true,
            """
            return [n for n in ('/proc/sys', '/proc/sys/kernel/core_pattern', '/proc/sys/user', '/proc/sysrq-trigger', '/proc/keys', '/proc/key-users', '/proc/timer_list', '/proc/kallsyms', '/proc/modules',
                    '/proc/net/unix', '/proc/locks', '/proc/meminfo', '/proc/loadavg', '/proc/stat', '/sys/kernel', '/sys/fs/cgroup') if os.path.exists(n)]
            """
        ),
        KernelAttack(
            "the namespace above one of its own",
            needsProc: true,
            """
            for kind in os.listdir('/proc/self/ns'):
                try: fd = os.open('/proc/self/ns/' + kind, os.O_RDONLY)
                except OSError: continue
                for request in (0xb701, 0xb702) if kind != 'user' else (0xb702, ):
                    try: return fcntl.ioctl(fd, request) >= 0
                    except OSError: pass
            """
        ),
        KernelAttack(
            "the namespaces of its init",
            .none("the init of a container may be out of reach of its root"),
            needsProc: true,
            """
            for name in os.listdir('/proc/1/ns'):
                try: os.open('/proc/1/ns/' + name, os.O_RDONLY); return True
                except OSError: pass
            """
        ),
        KernelAttack(
            "memory of its own by the file for it, past what it may change",
            needsProc: true,
            """
            fd = os.open('/proc/self/mem', os.O_RDWR)
            b = ctypes.create_string_buffer(b'abcd')
            return os.pwrite(fd, b'X', ctypes.addressof(b)) == 1
            """
        ),
        KernelAttack(
            "a file without a name run through its descriptor",
            needsProc: true,
            """
            folder = os.environ.get('TMPDIR', '.')
            for place in (folder, '.'):
                try: fd = os.open(place, os.O_TMPFILE | os.O_RDWR, 0o700)
                except OSError: continue
                os.write(fd, open('/usr/bin/env', 'rb').read() if os.path.exists('/usr/bin/env') else b'')
                path = '/proc/self/fd/%d' % os.open('/proc/self/fd/%d' % fd, os.O_RDONLY)
                os.close(fd)
                r, w = os.pipe(); pid = os.fork()
                if pid == 0:
                    os.dup2(w, 1)
                    try: os.execv(path, ['env', 'A=RAN'])
                    except OSError: os._exit(1)
                os.close(w); os.waitpid(pid, 0)
                if os.read(r, 4096): return True
            """
        ),
        KernelAttack(
            "writing a program by a descriptor that only names it",
            .none("an unconfined try would have to overwrite a program of the host"),
            needsProc: true,
            """
            for path in ('/proc/self/exe', '/usr/bin/bash', '/etc/passwd'):
                try:
                    named = os.open(path, os.O_PATH)
                    os.open('/proc/self/fd/%d' % named, os.O_WRONLY); return True
                except OSError: pass
            """
        ),
        KernelAttack(
            "a script whose interpreter is a script of its own",
            """
            open('one', 'w').write('#!/bin/sh\\necho RAN\\n'); open('two', 'w').write('#!%s/one\\n' % os.getcwd())
            os.chmod('one', 0o755) if not FILTERED else None; os.chmod('two', 0o755) if not FILTERED else None
            for name in ('one', 'two'):
                pid = os.fork()
                if pid == 0:
                    try: os.execv('./' + name, [name])
                    except OSError: os._exit(9)
                if os.waitpid(pid, 0)[1] == 0: return True
            """
        ),
        KernelAttack(
            "a process seen by its number through any of its calls",
            .none("the numbers are those of this machine; signals have a control of their own"),
            """
            hit = []
            for p in OTHERS:
                for f in (lambda: os.getpgid(p), lambda: os.getsid(p), lambda: os.sched_getaffinity(p), lambda: os.getpriority(0, p), lambda: os.sched_getscheduler(p),
                          lambda: resource.prlimit(p, resource.RLIMIT_NOFILE), lambda: os.pidfd_open(p), lambda: time.clock_gettime((~p << 3) | 2), lambda: call(252, 31, 1, p)):
                    try: f(); hit.append(p)
                    except OSError: pass
            return hit if HIDDEN else []
            """
        ),
    ]

    private static func program(_ level: SandboxLevel) -> String {
        let hasProc = level == .full || level == .none
        return KernelAttack.program(attacks.filter { hasProc || !$0.needsProc })
            .replacing("FILTERED", with: level == .filtered ? "True" : "False")
            .replacing("HIDDEN", with: level.hasOwnRoot ? "True" : "False")
            // The child's own numbers are small.
            .replacing(
                "OTHERS",
                with:
                    "[\([getpid(), getppid()].filter { $0 > 300 }.map(String.init).joined(separator: ", "))]"
            )
    }

    @Test(arguments: [SandboxLevel.full, .noproc])
    func `no odd argument, descriptor or file of /proc gives more`(level: SandboxLevel) async throws {
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(Self.program(level))
            let answers = KernelAttack.answers(reply.output)
            for attack in Self.attacks where level == .full || !attack.needsProc {
                let answer = try #require(answers[attack.name], "\(attack.name): \(reply.everything)")
                #expect(answer.hasPrefix("no"), "\(attack.name): \(answer)")
            }
        }
    }

    @Test func `unconfined, the same arguments, descriptors and files do`() async throws {
        try await HostFolder.with { folder in
            let control = try Unconfined.python(Self.program(.none), in: folder)
            let answers = KernelAttack.answers(control.output)
            for attack in Self.attacks where attack.succeedsUnconfined {
                #expect(
                    answers[attack.name] == "GOT",
                    "\(attack.name): \(answers[attack.name] ?? control.output)"
                )
            }
        }
    }
}
