// SPDX-License-Identifier: Apache-2.0

import Testing

/// A command line and what is to be read from it.
struct CommandLineRow: Sendable, CustomTestStringConvertible {
    let line: String
    let programs: [String]
    let isPartial: Bool

    init(_ line: String, _ programs: [String], partial: Bool = false) {
        self.line = line
        self.programs = programs
        self.isPartial = partial
    }

    var testDescription: String { line.count > 60 ? String(line.prefix(60)) + "…" : line }
}
