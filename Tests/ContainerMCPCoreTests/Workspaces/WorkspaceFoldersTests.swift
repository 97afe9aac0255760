// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

@testable import ContainerMCPCore

@Suite struct WorkspaceFoldersTests {
    private let fixture: ResourceFixture
    private var root: String { fixture.place("workspace") }

    init() throws {
        fixture = try ResourceFixture()
    }

    private func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    @Test func `a subject has one folder, which another server finds again`() throws {
        let first = try WorkspaceFolders(path: root).subject("ann")
        try first.root.write(Array("x".utf8), to: ["a.txt"])
        let second = try WorkspaceFolders(path: root)
        #expect(try second.subject("ann").path == first.path)
        #expect(isThere(try second.subject("ann").path + "/a.txt"))
        #expect(try second.subject("bob").path != first.path)
    }

    @Test(arguments: ["../../x", "/etc", "a/b", "", "https://i.example|42", "\u{0}"])
    func `whatever a subject is called, its folder is one below the subjects`(id: String) throws {
        let place = try WorkspaceFolders(path: root).subject(id)
        let name = place.path.dropFirst((root + "/subjects/").count)
        #expect(place.path.hasPrefix(root + "/subjects/"))
        #expect(name.count == 32 && name.allSatisfy { $0.isHexDigit })
    }

    @Test func `the folder of a session goes with everything in it, and the others stay`() throws {
        let folders = try WorkspaceFolders(path: root)
        let (one, other) = (try folders.session(1), try folders.session(2))
        try one.root.makeFolders(["a", "b"])
        try one.root.write(Array("x".utf8), to: ["a", "b", "c.txt"])
        #expect(folders.removeSession(1))
        #expect(!isThere(one.path))
        #expect(isThere(other.path))
        #expect(folders.removeSession(1), "one that is gone is no failure")
    }

    @Test
    func `what a server left that is gone is removed by the next one, and what a living one has is not`()
        throws
    {
        var gone: WorkspaceFolders? = try WorkspaceFolders(path: root)
        let living = try WorkspaceFolders(path: root)
        let left = try #require(try gone?.session(1).path)
        let kept = try living.session(1).path
        gone = nil
        let next = try WorkspaceFolders(path: root)
        #expect(!isThere(left))
        #expect(isThere(kept))
        #expect(next.removeInstance())
        #expect(isThere(kept))
        #expect(living.removeInstance())
        #expect(!isThere(kept))
    }

    @Test(arguments: ["subjects", "instances"])
    func `a link where the server's folders belong stops the start`(name: String) throws {
        try fixture.link("workspace/" + name, to: fixture.place("outside"))
        #expect(throws: SandboxError.self) { _ = try WorkspaceFolders(path: root) }
        #expect(!isThere(fixture.place("outside/1")))
    }

    @Test func `a folder of somebody else where the server's belong stops the start`() throws {
        guard geteuid() == 0 else {
            try Test.cancel("only root can give a folder to somebody else")
        }
        try fixture.makeFolder("workspace/subjects")
        try #require(unsafe chown(fixture.place("workspace/subjects"), 12_345, 12_345) == 0)
        #expect(throws: SandboxError.self) { _ = try WorkspaceFolders(path: root) }
    }
}
