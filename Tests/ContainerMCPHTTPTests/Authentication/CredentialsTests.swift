// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Testing

@Suite struct CredentialsTests {
    static func head(_ lines: [String], query: String? = nil) -> RequestHead {
        var fields = HeaderFields()
        for line in lines { fields.append("authorization", line) }
        return RequestHead(
            method: "POST",
            path: "/mcp",
            query: query,
            isCurrent: true,
            fields: fields,
            framing: .none
        )
    }

    @Test(
        arguments: [
            ([], .none), (["Basic eDp5"], .none), (["abc"], .none), ([""], .none),
            (["Bearer abc"], .bearer("abc")), (["bEARER  abc"], .bearer("abc")),
            (["Bearer a.b-c_d~e+f/g=="], .bearer("a.b-c_d~e+f/g==")),
            (["Bearer"], .malformed), (["Bearer "], .malformed), (["Bearer a b"], .malformed),
            (["Bearer a\tb"], .malformed), (["Bearer \u{E9}"], .malformed),
            (["Bearer a", "Bearer a"], .malformed), (["Basic a", "Bearer a"], .malformed),
        ] as [([String], Credentials)]
    )
    func `a header is a token, nothing, or malformed`(lines: [String], expected: Credentials) {
        #expect(Credentials(Self.head(lines)) == expected)
    }

    @Test func `a token is bounded`() {
        let long = String(repeating: "x", count: 16 << 10)
        #expect(Credentials(Self.head(["Bearer \(long)"])) == .bearer(long))
        #expect(Credentials(Self.head(["Bearer \(long)x"])) == .malformed)
    }

    @Test(arguments: [
        "access_token=abc", "a=b&Access_Token=abc", "access%5Ftoken=abc", "token=abc", "authorization=x",
        "bearer_token", "%61ccess_token=x",
    ])
    func `a token in the query is no token, and beside a header it is malformed`(query: String) {
        #expect(Credentials(Self.head([], query: query)) == .inQuery)
        #expect(Credentials(Self.head(["Bearer abc"], query: query)) == .malformed)
    }

    @Test(arguments: ["session_id=abc", "q=token", "x=access_token", "tokens=1", "%", "%5", "%zz=1", ""])
    func `other queries say nothing`(query: String) {
        #expect(Credentials(Self.head(["Bearer abc"], query: query)) == .bearer("abc"))
    }
}
