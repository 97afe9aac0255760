// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import FoundationEssentials

/// A conversation as it goes over the wire, with prose between its lines.
///
/// `> ` begins a line of the client, `! ` one that breaks the rules on purpose and is taken all the same, `< ` one of the
/// server, which is compared as JSON. In a server's line the string `"<any>"` stands for any value, `"<$name>"` for any
/// value that is remembered and put in wherever a later line says the same, and the member `"...": true` for any further
/// members. Everything else is prose.
struct Transcript {
    enum Line {
        case client(String, isBroken: Bool)
        case server(JSONValue)
    }

    let name: String
    let lines: [Line]

    init(_ file: URL) throws {
        name = file.lastPathComponent
        var lines: [Line] = []
        for line in String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix("> ") || line.hasPrefix("! ") {
                lines.append(.client(String(line.dropFirst(2)), isBroken: line.hasPrefix("! ")))
            } else if line.hasPrefix("< ") {
                lines.append(.server(try JSONValue(parsing: Array(line.dropFirst(2).utf8))))
            }
        }
        self.lines = lines
    }

    /// What differs between what was expected and what came; nil if nothing does.
    static func difference(
        _ expected: JSONValue,
        _ found: JSONValue,
        at place: String = "$",
        _ known: inout [String: JSONValue]
    ) -> String? {
        if let text = expected.stringValue, text.hasPrefix("<"), text.hasSuffix(">") {
            if text == "<any>" { return nil }
            if text.hasPrefix("<$") {
                guard let before = known[text] else {
                    known[text] = found
                    return nil
                }
                return before == found ? nil : "\(place) is not what it was before"
            }
        }
        switch (expected, found) {
        case (.object(let expected), .object(let found)):
            let isOpen = expected["..."] == true
            for (key, value) in expected where key != "..." {
                guard let other = found[key] else { return "\(place).\(key) is missing" }
                if let difference = difference(value, other, at: "\(place).\(key)", &known) {
                    return difference
                }
            }
            guard !isOpen else { return nil }
            let further = found.map(\.key).filter { expected[$0] == nil }
            return further.isEmpty ? nil : "\(place) has further members: \(further)"
        case (.array(let expected), .array(let found)):
            guard expected.count == found.count else { return "\(place) has \(found.count) elements" }
            for index in expected.indices {
                if let difference = difference(
                    expected[index],
                    found[index],
                    at: "\(place)[\(index)]",
                    &known
                ) {
                    return difference
                }
            }
            return nil
        default:
            return expected == found ? nil : "\(place) is \(found.encodedString().prefix(200))"
        }
    }
}
