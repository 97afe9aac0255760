// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPSandbox

@Suite struct MoveTests {
    private static let limits = WalkLimits(entries: 1_000)

    private func isText(_ name: EntryName, _ kind: FileKind) -> Bool {
        kind == .folder || (kind == .file && name.repairedText.hasSuffix(".txt"))
    }

    @Test func `a file moves across folders and keeps its content`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        try root.makeFolders(["a"])
        try root.makeFolders(["b"])
        try root.write([1, 2], to: ["a", "x.txt"])
        try root.move(["a", "x.txt"], to: ["b", "y.txt"], limits: Self.limits, allowing: isText)
        #expect(try root.read(["b", "y.txt"], limit: 10).bytes == [1, 2])
        #expect(try tree.names(in: "root/a").isEmpty)
    }

    @Test func `a taken name is replaced only if asked, by a file for a file`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        try root.makeFolders(["folder"])
        try root.makeFolders(["other"])
        try root.write([1], to: ["a.txt"])
        try root.write([2], to: ["b.txt"])
        #expect(throws: FileFailure.exists) {
            try root.move(["a.txt"], to: ["b.txt"], limits: Self.limits, allowing: isText)
        }
        #expect(throws: FileFailure.isFolder) {
            try root.move(["a.txt"], to: ["folder"], replacing: true, limits: Self.limits) { _, _ in true }
        }
        #expect(throws: FileFailure.exists) {
            try root.move(["folder"], to: ["other"], replacing: true, limits: Self.limits, allowing: isText)
        }
        try root.move(["a.txt"], to: ["b.txt"], replacing: true, limits: Self.limits, allowing: isText)
        #expect(try root.read(["b.txt"], limit: 10).bytes == [1])
        try root.move(["b.txt"], to: ["b.txt"], replacing: true, limits: Self.limits, allowing: isText)
        #expect(try root.read(["b.txt"], limit: 10).bytes == [1])
    }

    @Test func `the rule holds for both names and for every name inside a folder`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        try root.makeFolders(["a", "b"])
        try root.write([1], to: ["a", "b", "x.txt"])
        try root.write([1], to: ["one.txt"])
        try root.write([1], to: ["one.sh"])
        #expect(throws: FileFailure.refusedInside(name: "two.sh")) {
            try root.move(["one.txt"], to: ["two.sh"], limits: Self.limits, allowing: isText)
        }
        #expect(throws: FileFailure.refusedInside(name: "one.sh")) {
            try root.move(["one.sh"], to: ["two.txt"], limits: Self.limits, allowing: isText)
        }
        try root.move(["a"], to: ["c"], limits: Self.limits, allowing: isText)
        try root.write([1], to: ["c", "b", "evil.sh"])
        #expect(throws: FileFailure.refusedInside(name: "evil.sh")) {
            try root.move(["c"], to: ["d"], limits: Self.limits, allowing: isText)
        }
        try root.delete(["c", "b", "evil.sh"])
        try tree.link("root/c/b/link.txt", to: "x.txt")
        #expect(throws: FileFailure.refusedInside(name: "link.txt")) {
            try root.move(["c"], to: ["d"], limits: Self.limits, allowing: isText)
        }
    }

    @Test func `neither the root nor a folder into itself moves`() throws {
        let tree = try TemporaryTree()
        let root = try tree.root()
        try root.makeFolders(["a", "b"])
        for (source, destination) in [([], ["x"]), (["a"], [])] as [([String], [String])] {
            #expect(throws: FileFailure.isRoot) {
                try root.move(source, to: destination, limits: Self.limits, allowing: isText)
            }
        }
        #expect(throws: FileFailure.intoItself) {
            try root.move(["a"], to: ["a", "b", "c"], limits: Self.limits, allowing: isText)
        }
    }
}
