// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct WorkspaceURITests {
    @Test(arguments: [
        ("file:///workspace/a.txt", "a.txt"), ("FILE:///workspace/a.txt", "a.txt"),
        ("file://localhost/workspace/a.txt", "a.txt"), ("file:/workspace/a.txt", "a.txt"),
        ("file:///workspace/a/b.txt", "a/b.txt"), ("file:///workspace/a%2Fb.txt", "a/b.txt"),
        ("file:///workspace/a%2fb.txt", "a/b.txt"), ("file:///workspace/%C3%A9.txt", "é.txt"),
        ("file:///workspace/é.txt", "é.txt"), ("file:///workspace/a%20b.txt", "a b.txt"),
        ("file:///work%73pace/a.txt", "a.txt"), ("file:///workspace//a//b.txt", "a/b.txt"),
        ("file:///workspace/%3F%23.txt", "?#.txt"), ("file:///workspace/data/x.csv", "data/x.csv"),
        ("file:///workspace/workspace/x.csv", "workspace/x.csv"), ("file:///workspace", "/"),
        ("file:///workspace/", "/"), ("file:///data/x.csv", "/data/x.csv"), ("file:///data", "/data"),
        ("file:///data/workspace/x", "/data/workspace/x"),
    ])
    func `a URI names a place in one of the two trees`(uri: String, path: String) throws {
        #expect(try WorkspaceURI(parsing: uri)?.path.description == path)
    }

    @Test(arguments: [
        "", "file:", "file://", "file:///", "http:///workspace/a.txt", "file://host/workspace/a.txt",
        "file:///workspaces/a.txt", "file:///workspace.txt", "file:///database/a", "file:///etc/passwd",
        "file:////workspace/a.txt", "file:///a.txt", "workspace/a.txt", "/workspace/a.txt",
        "file:///workspace/a.txt?x=1", "file:///workspace/a.txt#top", "container-mcp://settings",
        "file:///%zz/workspace/a", "file:///Workspace/a.txt",
        "file:///workspace/" + String(repeating: "a", count: 20_000),
    ])
    func `other URIs are not ours`(uri: String) throws {
        #expect(try WorkspaceURI(parsing: uri) == nil)
    }

    @Test(arguments: [
        "file:///workspace/../etc/passwd", "file:///workspace/%2e%2e/x", "file:///workspace/%2E%2E%2Fx",
        "file:///workspace/a/%2e%2e%2f%2e%2e%2fetc", "file:///workspace/..%2f..%2fetc",
        "file:///data/../workspace/a",
        "file:///workspace/%252e%252e/x", "file:///workspace/%25%32%65/x", "file:///workspace/a%00.txt",
        "file:///workspace/a%0a.txt", "file:///workspace/a%5Cb", "file:///workspace/%E2%80%AE.txt",
        "file:///workspace/a%", "file:///workspace/a%2", "file:///workspace/a%zz",
        "file:///workspace/%FF.txt",
        "file:///workspace/%C0%AE%C0%AE/x", "file:///workspace/e%CC%81.txt", "file:///workspace/a.",
        "file:///workspace/" + String(repeating: "a", count: 256),
        "file:///workspace/" + String(repeating: "a/", count: 4_000),
    ])
    func `what can't be named is refused after decoding`(uri: String) {
        #expect(throws: ToolError.self) { try WorkspaceURI(parsing: uri) }
    }

    @Test(arguments: [
        "a.txt", "a b/é?#%&+=@:;,'()[]~!*.txt", "/data/x y.csv", "data/x.csv", "日本/語.md", "/", "/data",
    ])
    func `the URI of a place is unreserved characters and comes back to it`(text: String) throws {
        let path = try SandboxPath(parsing: text)
        let uri = WorkspaceURI.text(for: path)
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%/:")
        #expect(uri.allSatisfy(allowed.contains))
        #expect(try WorkspaceURI(parsing: uri)?.path == path)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `no URI leads up or out, whatever is in it`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "%", "2", "e", "E", "2f", "2F", "5c", "00", ".", "..", "/", "\\", "workspace", "data", "a", "é",
            "%2e",
            "%2F", "%25", "\u{0}", "\u{202E}", "?", "#", "C0%AE", "file:", "FF", " ",
        ]
        for _ in 0..<5_000 {
            var uri = "file:///workspace/"
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                uri += pieces.randomElement(using: &random) ?? ""
            }
            // Refused is as good as read to a place below.
            guard let path = try? WorkspaceURI(parsing: uri)?.path else { continue }
            #expect(path.root == .workspace)
            #expect(!path.components.contains { $0 == ".." || $0 == "." || $0.contains("/") || $0.isEmpty })
        }
    }
}
