// SPDX-License-Identifier: Apache-2.0

extension ElicitationField.Kind {
    var isMultipleChoice: Bool {
        if case .choices = self { true } else { false }
    }

    /// The JSON Schema as a revision knows it.
    ///
    /// Before 2025-11-25 only truth values have a default, and titles of choices are `enumNames`.
    func schema(for revision: ProtocolRevision) -> JSONObject {
        let isCurrent = revision.has(.elicitationModes)
        switch self {
        case .text(let minLength, let maxLength, let format, let preset):
            var object: JSONObject = ["type": "string"]
            object["minLength"] = minLength.map { .integer(Int64($0)) }
            object["maxLength"] = maxLength.map { .integer(Int64($0)) }
            object["format"] = format.map { .string($0.rawValue) }
            if isCurrent { object["default"] = preset.map { .string($0) } }
            return object
        case .integer(let range, let preset):
            var object: JSONObject = ["type": "integer"]
            object["minimum"] = range.map { .integer($0.lowerBound) }
            object["maximum"] = range.map { .integer($0.upperBound) }
            if isCurrent { object["default"] = preset.map { .integer($0) } }
            return object
        case .number(let range, let preset):
            var object: JSONObject = ["type": "number"]
            object["minimum"] = range.map { .number($0.lowerBound) }
            object["maximum"] = range.map { .number($0.upperBound) }
            if isCurrent { object["default"] = preset.map { .number($0) } }
            return object
        case .boolean(let preset):
            var object: JSONObject = ["type": "boolean"]
            object["default"] = preset.map { .bool($0) }
            return object
        case .choice(let values, let titles, let legacyNames, let preset):
            var object: JSONObject = ["type": "string"]
            if let titles, isCurrent, !legacyNames {
                object["oneOf"] = Self.titled(values, titles)
            } else {
                object["enum"] = .array(values.map { .string($0) })
                if titles != nil || legacyNames {
                    let names = values.indices.map { Self.title(of: $0, values, titles ?? []) }
                    object["enumNames"] = .array(names.map { .string($0) })
                }
            }
            if isCurrent { object["default"] = preset.map { .string($0) } }
            return object
        case .choices(let values, let titles, let preset):
            var object: JSONObject = ["type": "array"]
            object["items"] =
                if let titles {
                    ["anyOf": Self.titled(values, titles)]
                } else {
                    ["type": "string", "enum": .array(values.map { .string($0) })]
                }
            object["default"] = preset.map { .array($0.map { .string($0) }) }
            return object
        }
    }

    private static func titled(_ values: [String], _ titles: [String]) -> JSONValue {
        .array(
            values.indices.map { index in
                ["const": .string(values[index]), "title": .string(title(of: index, values, titles))]
            }
        )
    }

    /// A value without a title stands for itself.
    private static func title(of index: Int, _ values: [String], _ titles: [String]) -> String {
        titles.indices.contains(index) ? titles[index] : values[index]
    }
}
