// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// How one field of a form is asked for on a terminal.
struct FieldPrompt {
    private let kind: ElicitationField.Kind
    /// Lines that are shown before the question.
    let choices: [String]
    /// What stands behind the name of the field.
    let hint: String
    /// What an empty line means.
    let preset: JSONValue?

    init(_ field: ElicitationField) {
        kind = field.kind
        func shown(_ values: [String], _ titles: [String]?) -> [String] {
            values.enumerated().map { index, value in
                "  \(index + 1)  \(titles.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? value)"
            }
        }
        switch field.kind {
        case .text(_, _, let format, let value):
            choices = []
            hint = format.map { " (\($0.rawValue))" } ?? ""
            preset = value.map { .string($0) }
        case .integer(let range, let value):
            choices = []
            hint = range.map { " (\($0.lowerBound) to \($0.upperBound))" } ?? " (whole number)"
            preset = value.map { .integer($0) }
        case .number(_, let value):
            choices = []
            hint = " (number)"
            preset = value.map { .number($0) }
        case .boolean(let value):
            choices = []
            hint = " (y/n)"
            preset = value.map { .bool($0) }
        case .choice(let values, let titles, _, let value):
            choices = shown(values, titles)
            hint = " (number)"
            preset = value.map { .string($0) }
        case .choices(let values, let titles, let value):
            choices = shown(values, titles)
            hint = " (numbers, with commas)"
            preset = value.map { .array($0.map { .string($0) }) }
        }
    }

    /// The value that a line stands for; nil where it is none.
    func value(of line: String) -> JSONValue? {
        switch kind {
        case .text: return .string(line)
        case .integer: return Int64(line).map { .integer($0) }
        case .number: return Double(line).flatMap { $0.isFinite ? .number($0) : nil }
        case .boolean:
            switch line.lowercased() {
            case "y", "yes", "true": return true
            case "n", "no", "false": return false
            default: return nil
            }
        case .choice(let values, _, _, _): return Self.pick(line, values).map { .string($0) }
        case .choices(let values, _, _):
            let picked = line.split(separator: ",").map { Self.pick(String($0), values) }
            guard !picked.contains(nil) else { return nil }
            return .array(picked.compactMap { $0 }.map { .string($0) })
        }
    }

    private static func pick(_ text: String, _ values: [String]) -> String? {
        let word = text.drop { $0 == " " }
        if let number = Int(word), values.indices.contains(number - 1) { return values[number - 1] }
        return values.first { $0 == word }
    }
}
