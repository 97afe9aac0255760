// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct GlobPatternTests {
    @Test(arguments: [
        ("*", "a.txt"), ("*.txt", "a.txt"), ("*.txt", ".txt"), ("a?c", "abc"), ("a?c", "a😀c"),
        ("[a-c]x", "bx"),
        ("[!a-c]x", "dx"), ("[^a-c]x", "dx"), ("[]]x", "]x"), ("[a-]x", "-x"), ("[*]", "*"), ("[?]", "?"),
        ("a[b", "a[b"),
        ("**", "a"), ("**", "a/b/c"), ("**/*.x", "a.x"), ("**/*.x", "d/e/a.x"), ("a/**", "a/b"),
        ("a/**", "a/b/c"),
        ("a/**/c", "a/c"), ("a/**/c", "a/b/b/c"), ("a/*/c", "a/b/c"), ("**/b/**", "a/b/c/d"),
        ("**.txt", "a/b.txt"),
        ("/*.txt", "a.txt"), ("./a/b", "a/b"), ("a/", "a"), ("*a*b*c*", "xxaxxbxxcxx"), ("**/**/**/x", "x"),
        ("Ü*", "Über"), ("*.[ct]sv", "a.csv"),
    ])
    func `a pattern matches`(pattern: String, path: String) throws {
        #expect(try GlobPattern(parsing: pattern).matches(path.split(separator: "/").map(String.init)))
    }

    @Test(arguments: [
        ("*", "a/b"), ("*.txt", "a.TXT"), ("*.txt", "a.txtx"), ("a?c", "ac"), ("a?c", "a/c"),
        ("[a-c]x", "dx"),
        ("[c-a]x", "bx"), ("[!a-c]x", "bx"), ("a/**", "a"), ("a/*/c", "a/b/b/c"), ("a/**/c", "b/c"),
        ("?", ""), ("a", "b"),
        ("**/*.x", "a.y"), ("*a*b*c*", "xxaxxcxxbxx"),
    ])
    func `a pattern does not match`(pattern: String, path: String) throws {
        #expect(try !GlobPattern(parsing: pattern).matches(path.split(separator: "/").map(String.init)))
    }

    @Test(arguments: [
        "..", "../*", "a/../b", "", "/", "a\\*", "a\n", "a\u{202E}", "a\0",
        String(repeating: "a", count: 257),
    ])
    func `a pattern that goes up, hides something or is too long is refused`(pattern: String) {
        #expect(throws: ToolError.self) { try GlobPattern(parsing: pattern) }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            String(repeating: "*a", count: 127) + "b", String(repeating: "*", count: 256),
            String(repeating: "*?", count: 128),
            String(repeating: "**/", count: 84) + "b", String(repeating: "**/a/", count: 50) + "b",
            String(repeating: "[a-z]*", count: 42) + "!", String(repeating: "*/**/", count: 50) + "b",
        ]
    )
    func `patterns made to blow up take no longer than others`(pattern: String) throws {
        let glob = try GlobPattern(parsing: pattern)
        let name = String(repeating: "a", count: 255)
        for path in [[name], Array(repeating: name, count: 8), Array(repeating: "a", count: 64)] {
            _ = glob.matches(path)
        }
    }

    @Test func `a search need not enter folders below which nothing can match`() throws {
        let glob = try GlobPattern(parsing: "src/*.py")
        #expect(glob.advanced(glob.start, by: "lib").isDead)
        let inside = glob.advanced(glob.start, by: "src")
        #expect(!inside.isDead)
        #expect(glob.advanced(inside, by: "a.py").isMatch)
        #expect(glob.advanced(inside, by: "a.py").isDead)
    }
}
