// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPSandbox

@Suite struct RootDirectoryTests {
    @Test(arguments: ["/", "//", "/tmp/..", "/."])
    func `the root of the file system is no root`(path: String) {
        #expect(throws: RootFailure.filesystemRoot) { try RootDirectory(path: path) }
    }

    @Test(arguments: ["link", "link/", "link//"])
    func `a link is no root`(name: String) throws {
        let tree = try TemporaryTree()
        try tree.link("link", to: "root")
        #expect(throws: RootFailure.link) { try RootDirectory(path: tree.base + "/" + name) }
        #expect(throws: Never.self) { try RootDirectory(path: tree.base + "/root/") }
    }

    @Test func `what is missing or no folder is no root`() throws {
        let tree = try TemporaryTree()
        #expect(throws: RootFailure.notFound) { try RootDirectory(path: tree.base + "/none") }
        #expect(throws: RootFailure.notFolder) { try RootDirectory(path: tree.base + "/outside/secret.txt") }
        #expect(throws: RootFailure.other(.badName)) { try RootDirectory(path: "") }
        #expect(throws: RootFailure.other(.badName)) { try RootDirectory(path: tree.rootPath + "\0") }
    }

    @Test func `a root inside another is seen, a sibling with its name as prefix is not inside`() throws {
        let tree = try TemporaryTree()
        try tree.folderOutside("root/inner")
        let root = try tree.root()
        let inner = try RootDirectory(path: tree.rootPath + "/inner")
        let sibling = try RootDirectory(path: tree.base + "/root-evil")
        #expect(try inner.isInside(root))
        #expect(try root.isInside(root))
        #expect(try !root.isInside(inner))
        #expect(try !sibling.isInside(root))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `what root writes goes to the owner`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root(owner: FileOwner(user: 12_345, group: 12_346))
        try root.makeFolders(["a", "b"])
        try root.write([1], to: ["a", "b", "c.txt"])
        for path in [["a"], ["a", "b"], ["a", "b", "c.txt"]] {
            #expect(try root.info(at: path).user == 12_345)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may give files away"))
    func `a write that fails half-way leaves the old content and no temporary`() throws {
        let tree = try TemporaryTree()
        try tree.put("old", at: "root/a.txt")
        let root = try tree.root(owner: FileOwner(user: 0, group: 0))
        #expect(throws: FileFailure.notPermitted) { try root.write([1], to: ["a.txt"]) }
        #expect(tree.text(at: "root/a.txt") == "old")
        #expect(try tree.names(in: "root") == ["a.txt"])
    }

    @Test func `a new file has no exec bit and a replaced one none of the old bits`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        try tree.put("x", at: "root/a.txt")
        _ = unsafe chmod(tree.rootPath + "/a.txt", 0o4777)
        try root.write([2], to: ["a.txt"])
        #expect(try root.info(at: ["a.txt"]).permissions & 0o7133 == 0)
        #expect(try root.read(["a.txt"], limit: 10).bytes == [2])
        #expect(try tree.names(in: "root") == ["a.txt"])
    }

    @Test func `a name that is taken is replaced only if that was asked for, and never a folder`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        try root.makeFolders(["folder"])
        try root.write([1], to: ["a.txt"])
        #expect(throws: FileFailure.exists) { try root.write([2], to: ["a.txt"], replacing: false) }
        #expect(throws: FileFailure.isFolder) { try root.write([2], to: ["folder"]) }
        #expect(throws: FileFailure.isRoot) { try root.write([2], to: []) }
        #expect(throws: FileFailure.notFound) { try root.write([2], to: ["none", "a.txt"]) }
        #expect(throws: FileFailure.notFolder) { try root.write([2], to: ["a.txt", "b.txt"]) }
        #expect(try root.read(["a.txt"], limit: 10).bytes == [1])
        #expect(try tree.names(in: "root") == ["a.txt", "folder"])
    }

    @Test func `folders are deleted only when empty, the root never`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        try root.makeFolders(["a", "b"])
        #expect(throws: FileFailure.notEmpty) { try root.delete(["a"]) }
        #expect(throws: FileFailure.isRoot) { try root.delete([]) }
        #expect(throws: FileFailure.notFound) { try root.delete(["none"]) }
        #expect(throws: FileFailure.refusedInside(name: "b")) {
            try root.delete(["a", "b"]) { _, _ in false }
        }
        try root.delete(["a", "b"])
        try root.delete(["a"])
        #expect(try tree.names(in: "root").isEmpty)
    }
}
