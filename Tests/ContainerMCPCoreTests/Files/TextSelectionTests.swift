// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct TextSelectionTests {
    @Test(
        arguments: [
            ("a\nb\nc\n", 1, nil, "a\nb\nc\n", 3, nil), ("a\nb\nc", 2, 1, "b\n", 3, 3),
            ("a\nb\nc", 3, 1, "c", 3, nil),
            ("a\nb\n", 2, 1, "b\n", 2, nil), ("a\r\nb\r\n", 1, 1, "a\r\n", 2, 2), ("a\nb", 9, 5, "", 2, nil),
            ("", 1, 1, "", 0, nil), ("\n\n", 2, 1, "\n", 2, nil), ("a", 1, .max, "a", 1, nil),
            ("a\nb", .max, .max, "", 2, nil),
            ("a\rb", 1, 1, "a\rb", 1, nil),
        ] as [(String, Int, Int?, String, Int, Int?)]
    )
    func `lines are selected with their ends`(
        text: String,
        first: Int,
        count: Int?,
        selected: String,
        total: Int,
        next: Int?
    ) {
        let selection = TextSelection(of: text, first: first, count: count)
        #expect(Array(selection.text.utf8) == Array(selected.utf8))
        #expect(selection.total == total)
        #expect(selection.next == next)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_709_210_096, "2024-02-29T12:34:56Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (.max, "9999-12-31T23:59:59Z"), (.min, "0001-01-01T00:00:00Z"),
        ] as [(Int64, String)]
    )
    func `moments are written as ISO 8601`(seconds: Int64, text: String) {
        #expect(Timestamp(secondsSince1970: seconds).description == text)
    }
}
