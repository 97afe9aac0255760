// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPSandbox

/// What a call may keep in /tmp and /dev/shm, in bytes and in names.
@Suite(.serialized) struct TemporarySpaceTests {
    private static func fill(_ folder: String) -> String {
        """
        import errno, os, time
        folder = \(folder)
        def fill(size):
            total = 0
            try:
                for i in range(size // 50 + 2):
                    file = os.open('%s/%d' % (folder, i), os.O_RDWR | os.O_CREAT)
                    while os.fstat(file).st_size < 50 << 20: total += os.write(file, b'x' * (1 << 20))
                    os.close(file)
            except OSError as error: print(total >> 20, error.errno == errno.ENOSPC)
        def clear():
            for name in os.listdir(folder): os.unlink(folder + '/' + name)
        # The kernel's own account of names may round.
        def names(limit):
            try:
                for i in range(100000): os.mknod('%s/%d' % (folder, i))
            except OSError as error: print(limit - 8 < i < limit, error.errno == errno.ENOSPC)
        """
    }

    @Test(arguments: [SandboxLevel.full, .noproc])
    func `with a mount of its own the kernel bounds them`(level: SandboxLevel) async throws {
        try await TestSandbox.with(level: .exactly(level)) { sandbox in
            let code = Self.fill("'/tmp'") + "\nfill(64); clear(); names(4096)"
            let tmp = try await sandbox.python(code)
            #expect(tmp.output.text() == "64 True\nTrue True\n", "\(tmp.ending) \(tmp.error.text())")
            let shm = try await sandbox.python(Self.fill("'/dev/shm'") + "\nfill(16); clear(); names(256)")
            #expect(shm.output.text() == "16 True\nTrue True\n", "\(shm.ending) \(shm.error.text())")
            // The next call finds them empty.
            let next = try await sandbox.python(
                "import os; print(os.listdir('/tmp'), os.listdir('/dev/shm'))"
            )
            #expect(next.output.text() == "[] []\n")
            let none = try await sandbox.bash("echo x > /dev/shm/x")
            #expect(none.ending == .exited(1))
        }
    }

    @Test func `without one a look ends a call that takes too much`() async throws {
        try await TestSandbox.with(level: .exactly(.filtered)) { sandbox in
            let folder = "os.environ['TMPDIR']"
            let bytes = try await sandbox.python(Self.fill(folder) + "\nfill(64); time.sleep(60)")
            #expect(bytes.ending == .limit(.workspace), "\(bytes.output.text())")
            let names = try await sandbox.python(Self.fill(folder) + "\nnames(4096); time.sleep(60)")
            #expect(names.ending == .limit(.workspace), "\(names.output.text())")
            let fits = try await sandbox.python(
                Self.fill(folder)
                    + "\nopen(folder + '/x', 'w').write('x' * (40 << 20)); time.sleep(2); print('held')"
            )
            #expect(fits.output.text() == "held\n", "\(fits.ending) \(fits.error.text())")
            let shm = try await sandbox.python("open('/dev/shm/x', 'w')")
            #expect(shm.error.text().contains("PermissionError"))
        }
    }
}
