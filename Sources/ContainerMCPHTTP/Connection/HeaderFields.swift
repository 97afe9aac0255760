// SPDX-License-Identifier: Apache-2.0

/// The header fields of a request in the order in which they came.
struct HeaderFields: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        /// In lower case.
        let name: String
        /// Without space and tab around it.
        let value: String
    }

    private(set) var all: [Field] = []

    mutating func append(_ name: String, _ value: String) {
        all.append(Field(name: name, value: value))
    }

    /// The values of all lines with a name, which is given in lower case.
    func values(_ name: String) -> [String] {
        all.compactMap { $0.name == name ? $0.value : nil }
    }

    /// The value of the only line with a name; nil where there is none or more than one.
    func only(_ name: String) -> String? {
        let values = values(name)
        return values.count == 1 ? values[0] : nil
    }

    func contains(_ name: String) -> Bool {
        all.contains { $0.name == name }
    }

    /// The elements of a comma-separated list over all lines with a name, in lower case and without empty
    /// ones.
    func list(_ name: String) -> [String] {
        values(name).flatMap { $0.split(separator: ",") }
            .map { ASCIIText.trimmed($0).lowercased() }
            .filter { !$0.isEmpty }
    }
}
