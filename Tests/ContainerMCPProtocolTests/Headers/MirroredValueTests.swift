// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct MirroredValueTests {
    @Test(arguments: [
        ("plain", "plain"), (" \tpadded\t ", "padded"), ("in ner\tspace", "in ner\tspace"), ("", ""),
        ("  ", ""),
        ("=?base64?ZWNobw==?=", "echo"), ("=?base64??=", ""), ("=?base64?w6k=?=", "é"),
        ("=?base64?PT9iYXNlNjQ/eD89?=", "=?base64?x?="), ("=?base64?ZWNobw==", "=?base64?ZWNobw=="),
        ("ZWNobw==?=", "ZWNobw==?="), ("=?BASE64?ZWNobw==?=", "=?BASE64?ZWNobw==?="),
        ("=?base64?=", "=?base64?="),
        ("=?", "=?"),
    ])
    func `a readable value is decoded`(raw: String, expected: String) {
        #expect(MirroredValue.decode(raw) == expected)
    }

    @Test(arguments: [
        "=?base64?ZWNobw=?=", "=?base64?ZWNobw?=", "=?base64?ZWNob===?=", "=?base64?ZWNo!w==?=",
        "=?base64?ZWNobx==?=",
        "=?base64?ZW Nobw==?=", "=?base64?_-8=?=", "=?base64?gA==?=", "=?base64?=ZWNobw==?=",
        "=?base64?ZQ==ZQ==?=",
        "é", "a\u{0}b", "a\u{7f}", "a\nb", "=?base64?====?=",
    ])
    func `an unreadable value is refused`(raw: String) {
        #expect(MirroredValue.decode(raw) == nil)
    }
}
