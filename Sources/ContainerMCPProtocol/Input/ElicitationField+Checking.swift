// SPDX-License-Identifier: Apache-2.0

extension ElicitationField.Kind {
    /// What is wrong with a value, as the rest of a sentence that begins with the field; nil if it conforms.
    func fault(in value: JSONValue) -> String? {
        switch self {
        case .text(let minLength, let maxLength, let format, _):
            return Self.textFault(value, minLength, maxLength, format)
        case .integer(let range, _):
            guard let number = Self.whole(value) else {
                return "must be a whole number, not \(value.kindName)"
            }
            if let range, !range.contains(number) {
                return "must be from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .number(let range, _):
            guard let number = value.doubleValue else { return "must be a number, not \(value.kindName)" }
            if let range, !range.contains(number) {
                return "must be from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .boolean:
            return value.boolValue == nil ? "must be true or false, not \(value.kindName)" : nil
        case .choice(let values, _, _, _):
            guard let text = value.stringValue else { return "must be a string, not \(value.kindName)" }
            return values.contains { ExactText.isSame($0, text) } ? nil : "is none of the values offered"
        case .choices(let values, _, _):
            return Self.choicesFault(value, values)
        }
    }

    private static func textFault(
        _ value: JSONValue,
        _ minLength: Int?,
        _ maxLength: Int?,
        _ format: ElicitationTextFormat?
    ) -> String? {
        guard let text = value.stringValue else { return "must be a string, not \(value.kindName)" }
        if minLength != nil || maxLength != nil {
            let length = text.unicodeScalars.count
            if let minLength, length < minLength { return "must have at least \(minLength) characters" }
            if let maxLength, length > maxLength { return "must have at most \(maxLength) characters" }
        }
        if let format, !format.accepts(text) { return "is not a valid \(format.rawValue)" }
        return nil
    }

    private static func choicesFault(_ value: JSONValue, _ values: [String]) -> String? {
        guard let chosen = value.arrayValue else { return "must be an array, not \(value.kindName)" }
        let offered = Set(values.map { ExactText(text: $0) })
        for element in chosen {
            guard let text = element.stringValue else {
                return "must hold strings only, not \(element.kindName)"
            }
            guard offered.contains(ExactText(text: text)) else { return "holds a value that was not offered" }
        }
        return nil
    }

    /// JSON Schema takes `30.0` for an integer.
    private static func whole(_ value: JSONValue) -> Int64? {
        if case .number(let number) = value { return Int64(whole: number) }
        return value.int64Value
    }

    /// A value that conforms, in the form in which handlers read it.
    func normalized(_ value: JSONValue) -> JSONValue {
        if case .integer = self, let number = Self.whole(value) { return .integer(number) }
        return value
    }
}
