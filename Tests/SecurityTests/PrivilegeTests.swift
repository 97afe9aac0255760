// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// Attempts to become more than an ordinary user without rights (B-18).
@Suite struct PrivilegeTests {
    @Test(arguments: Place.attacked)
    func `no namespace, mount, root or capability can be had`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            for line in [
                "unshare -Ur echo GOT", "unshare -m echo GOT", "unshare -n echo GOT",
                "unshare -Urm mount -t tmpfs x . && echo GOT",
                "mkdir -p m; mount -t tmpfs x m && echo GOT", "mkdir -p m; mount --bind /data m && echo GOT",
                "chroot . /bin/ls && echo GOT",
                "mount -o remount,rw /data && echo GOT", "mount -o remount,exec . && echo GOT",
            ] {
                let reply = await attacked.bash(line)
                #expect(!reply.output.contains("GOT"), "\(line): \(reply.everything)")
            }
            let reply = await attacked.python(
                """
                import os, ctypes
                libc = ctypes.CDLL(None, use_errno=True)
                data = (ctypes.c_uint32 * 6)()
                header = (ctypes.c_uint32 * 2)(0x20080522, 0)
                libc.capget(header, data)
                print('caps', [hex(d) for d in data[:2] + data[3:5]])
                full = (ctypes.c_uint32 * 6)(*([0xffffffff] * 6))
                print('capset', libc.capset(header, full))
                print('bounding', [c for c in range(41) if libc.prctl(23, c, 0, 0, 0) == 1] if BOUNDED else [])
                print('ambient', libc.prctl(47, 2, 0, 0, 0))
                print('nnp', libc.prctl(39, 0, 0, 0, 0), 'seccomp', libc.prctl(21, 0, 0, 0, 0), 'securebits', libc.prctl(28, 1, 0, 0, 0))
                print('dropped', libc.prctl(38, 0, 0, 0, 0))
                for f in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.setresuid(0, 0, 0), lambda: os.chroot('.'), lambda: os.nice(-5),
                          lambda: os.mknod('dev', 0o020666, os.makedev(1, 1)), lambda: os.mknod('blk', 0o060666, os.makedev(254, 0)), lambda: os.sched_setscheduler(0, 1, os.sched_param(50))):
                    try: f(); print('GOT')
                    except OSError: pass
                flags = [0x10000000, 0x20000, 0x40000000, 0x20000000, 0x08000000, 0x04000000, 0x02000000]
                number = {'x86_64': 56}.get(os.uname().machine, 220)
                for flag in flags:
                    pid = libc.syscall(ctypes.c_long(number), ctypes.c_ulong(flag | 17), 0, 0, 0, 0)
                    if pid == 0: os._exit(0)
                    if pid > 0: print('GOT namespace', hex(flag))
                print('ids', 0 in os.getresuid() + os.getresgid() + tuple(os.getgroups()))
                """.replacing("BOUNDED", with: place.level.hasOwnRoot || geteuid() == 0 ? "True" : "False")
            )
            #expect(
                reply.output == """
                    caps ['0x0', '0x0', '0x0', '0x0']
                    capset -1
                    bounding []
                    ambient -1
                    nnp 1 seccomp 2 securebits -1
                    dropped -1
                    ids False

                    """,
                "\(reply.everything)"
            )
        }
        // A container that gives this level only may refuse namespaces to everybody.
        guard place.level.hasOwnRoot else { return }
        try await HostFolder.with { folder in
            // Root may do it directly, everybody else where the machine allows user namespaces at all.
            try #expect(
                Unconfined.bash("unshare -r echo GOT || unshare -Ur echo GOT", in: folder).output.contains(
                    "GOT"
                )
            )
        }
    }

    @Test(arguments: Place.attacked)
    func `a set-id program of the host gives nothing`(place: Place) async throws {
        // As if an operator had listed programs that change the user.
        try await AttackServer.with(place, ["BASH_ALLOWED_COMMANDS": "echo,id,su,passwd,mount,newgrp"]) {
            attacked in
            let reply = await attacked.bash(
                "id -u; su -c id 2>&1 < /dev/null; newgrp root -c id 2>&1; echo; cat /etc/shadow"
            )
            #expect(!reply.output.contains("uid=0") && !reply.output.contains("gid=0"), "\(reply.everything)")
            #expect(
                reply.output.hasPrefix(
                    "\(place.level.hasOwnRoot ? "1000" : "\(attacked.childUser)")\n"
                ) || reply.isError,
                "\(reply.everything)"
            )
        }
    }
}
