// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Testing

@Suite struct EventIDTests {
    @Test(arguments: ["p7.5f0c93aa-0", "g.5f0c93aa-12", "p1.0-999999999999999999"])
    func `what an event carries is read`(text: String) throws {
        let id = try #require(EventID(text))
        #expect(id.description == text)
    }

    @Test(
        arguments: [
            "", "-", "-1", "p1", "p1.0-", "p1.0-01", "p1.0-+1", "p1.0- 1", "p1.0-1 ", "P1.0-1", "p1.0-1a",
            "p1/0-1",
            "p1.0--1", "p1.0-9999999999999999999", "p\u{E9}-1", "p1.0-\u{661}", "p1.0-1,p1.0-2",
            String(repeating: "p", count: 63) + "-1", String(repeating: "9", count: 20_000),
        ]
    )
    func `anything else is not`(text: String) {
        #expect(EventID(text) == nil)
    }
}
