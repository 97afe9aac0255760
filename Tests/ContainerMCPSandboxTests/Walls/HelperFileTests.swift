// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPSandbox

@Suite struct HelperFileTests {
    @Test func `a program of the system is taken and tells its version`() throws {
        let helper = try HelperFile(path: "/usr/bin/env")
        #expect(helper.path == "/usr/bin/env")
        #expect(try helper.version(as: "env").numbers.count > 1)
        try helper.checkUnchanged()
    }

    @Test func `a file that others can change is refused`() throws {
        try HelperCopy.with("/usr/bin/env") { copy in
            _ = try HelperFile(path: copy, owner: geteuid())
            if geteuid() != 0 {
                #expect(throws: SandboxError.self, "it is not root's") { try HelperFile(path: copy) }
            }
            unsafe chmod(copy, 0o775)
            #expect(throws: SandboxError.self) { try HelperFile(path: copy, owner: geteuid()) }
            unsafe chmod(copy, 0o757)
            #expect(throws: SandboxError.self) { try HelperFile(path: copy, owner: geteuid()) }
            unsafe chmod(copy, 0o755)
            unsafe chmod(HelperCopy.folder(of: copy), 0o777)
            #expect(throws: SandboxError.self, "its folder") { try HelperFile(path: copy, owner: geteuid()) }
        }
    }

    @Test(arguments: ["/etc/passwd", "/usr/bin", "/dev/null", "/none", "relative"])
    func `what is no program is refused`(path: String) {
        let error = #expect(throws: SandboxError.self) { try HelperFile(path: path) }
        #expect(error?.code == .unavailable)
    }

    @Test func `a script is refused`() throws {
        try HelperCopy.with("/usr/bin/env") { copy in
            let file = try #require(Descriptor.open(copy, O_WRONLY | O_TRUNC))
            let text = Array("#!/bin/sh\nexec \"$@\"\n".utf8)
            #expect(unsafe write(file.number, text, text.count) == text.count)
            #expect(throws: SandboxError.self) { try HelperFile(path: copy, owner: geteuid()) }
        }
    }

    @Test func `a helper that is removed, replaced or written is noticed, and one that is back is taken`()
        throws
    {
        try HelperCopy.with("/usr/bin/env") { copy in
            let helper = try HelperFile(path: copy, owner: geteuid())
            try helper.checkUnchanged()
            #expect(unsafe rename(copy, copy + ".away") == 0)
            #expect(throws: SandboxError.self, "removed") { try helper.checkUnchanged() }
            try HelperCopy.copy("/usr/bin/env", to: copy)
            #expect(throws: SandboxError.self, "replaced") { try helper.checkUnchanged() }
            #expect(unsafe unlink(copy) == 0)
            #expect(unsafe symlink(copy + ".away", copy) == 0)
            #expect(throws: SandboxError.self, "a link") { try helper.checkUnchanged() }
            #expect(unsafe rename(copy + ".away", copy) == 0)
            try helper.checkUnchanged()
            let file = try #require(Descriptor.open(copy, O_WRONLY | O_APPEND))
            #expect(unsafe write(file.number, "x", 1) == 1)
            #expect(throws: SandboxError.self, "written") { try helper.checkUnchanged() }
        }
    }

    @Test func `a helper that says nothing of a version is refused`() throws {
        let helper = try HelperFile(path: "/usr/bin/false")
        #expect(throws: Never.self) { try helper.version(as: "false") }
        #expect(throws: SandboxError.self) { try HelperFile(path: "/usr/bin/dash").version(as: "dash") }
    }
}
