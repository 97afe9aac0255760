// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct LabelSetTests {
    private func text(_ dimensions: [(String, String)], _ kind: MetricKind = .counter) -> String {
        String(decoding: LabelSet(dimensions, for: kind, limits: MetricLimits()).bytes, as: UTF8.self)
    }

    @Test func `labels are sorted by name`() {
        #expect(text([("b", "1"), ("a", "2")]) == #"a="2",b="1""#)
    }

    @Test func `the first of two labels with one name counts`() {
        #expect(text([("a.b", "1"), ("a_b", "2")]) == #"a_b="1""#)
    }

    @Test func `an empty label is none`() {
        #expect(text([("a", ""), ("b", "1")]) == #"b="1""#)
        #expect(text([("a", "")]).isEmpty)
    }

    @Test func `the bound of a bucket can't be given as a label`() {
        #expect(text([("le", "1")], .timer) == #"exported_le="1""#)
        #expect(text([("le", "1")], .recorder) == #"exported_le="1""#)
        #expect(text([("le", "1")], .gauge) == #"le="1""#)
    }

    @Test func `labels after the eighth are left out`() {
        let many = (0..<10_000).map { ("l\($0)", "x") }
        #expect(text(many).split(separator: ",").count == 8)
    }

    @Test func `a long value is cut at a character`() {
        let value = String(repeating: "é", count: 1_000_000)
        #expect(text([("a", "x" + value)]) == "a=\"x" + String(repeating: "é", count: 63) + "\"")
    }

    @Test func `escaping can't be used to get out of a value`() {
        #expect(text([("a", #"\"} 1\#n"#)]) == #"a="\\\"} 1\n""#)
        #expect(text([("a", "\r\u{85}\u{7F}")]) == "a=\"\u{FFFD}\u{FFFD}\u{FFFD}\"")
    }
}
