// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct BearerTokenFileTests {
    private static let first = "0123456789abcdef"
    private static let second = "#fedcba9876543210"

    private func tokens(_ text: String) -> [BearerToken]? {
        try? BearerTokenFile.parse(Array(text.utf8))
    }

    @Test(
        arguments: [
            ("0123456789abcdef", [(nil, first)]), ("0123456789abcdef\r\n", [(nil, first)]),
            ("  0123456789abcdef\t\n\n", [(nil, first)]), ("short", [(nil, "short")]),
            ("alice 0123456789abcdef", [("alice", first)]),
            ("alice\t #fedcba9876543210\n", [("alice", second)]),
            (
                "# tokens\n\n0123456789abcdef\n  # more\na.b_c-1 #fedcba9876543210\n",
                [(nil, first), ("a.b_c-1", second)]
            ),
            ("alice 0123456789abcdef\nalice #fedcba9876543210\n", [("alice", first), ("alice", second)]),
        ] as [(String, [(String?, String)])]
    )
    func `a line is a token, or a name and a token`(text: String, expected: [(String?, String)]) throws {
        let found = try #require(tokens(text))
        #expect(found.map(\.name) == expected.map(\.0))
        #expect(found.map(\.secret.revealed) == expected.map(\.1))
    }

    @Test(arguments: [
        "", "\n\n", "# 0123456789abcdef", "a b c", "alice short", "a/b 0123456789abcdef",
        "this-name-has-more-than-32-letters 0123456789abcdef", "short\n0123456789abcdef",
        "\u{E9}23456789abcdefgh",
        "0123456789abcdef\u{0}", "alice: 0123456789abcdef",
    ])
    func `anything else is refused, and nothing of it shown`(text: String) {
        do throws(BearerTokenFile.Failure) {
            _ = try BearerTokenFile.parse(Array(text.utf8))
            Issue.record("\(text) was taken")
        } catch {
            #expect(!error.reason.contains("0123456789abcdef") && !error.reason.contains("short\n"))
        }
    }

    @Test func `there are sixteen tokens at most`() {
        let line = Self.first + "\n"
        #expect(tokens(String(repeating: line, count: 16))?.count == 16)
        #expect(tokens(String(repeating: line, count: 17)) == nil)
    }

    @Test func `the id of a subject outlives its token`() {
        #expect(BearerToken(secret: SecretText("a")).subject == "token")
        #expect(BearerToken(name: "bob", secret: SecretText("a")).subject == "token:bob")
    }

    @Test func `a list finds for whom a token stands, and shows no token`() {
        let list = BearerTokenList([
            BearerToken(name: "a", secret: SecretText(Self.first)),
            BearerToken(name: "b", secret: SecretText(Self.second)),
        ])
        #expect(list.subject(of: Self.first) == "token:a")
        #expect(list.subject(of: Self.second) == "token:b")
        for wrong in ["", "0", Self.first + " ", Self.first.uppercased()] {
            #expect(list.subject(of: wrong) == nil)
        }
        #expect(BearerTokenList([]).subject(of: "") == nil)
        var shown = ""
        dump(list, to: &shown)
        #expect(!shown.contains(Self.first))
    }
}
