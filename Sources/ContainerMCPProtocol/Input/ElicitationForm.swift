// SPDX-License-Identifier: Apache-2.0

/// The fields of a form, flat and of primitive types.
public struct ElicitationForm: Sendable, Equatable {
    /// The fields in the order in which they are shown.
    public let fields: [ElicitationField]

    /// Makes a form; of fields with equal names the first one counts.
    public init(_ fields: [ElicitationField]) {
        var names = JSONObject()
        self.fields = fields.filter { names.insert(true, forNewKey: $0.name) }
    }

    /// The JSON Schema of the form, in the newest shape.
    public var schema: JSONValue { schema(for: .v20260728) }

    /// The JSON Schema of the form as a revision knows it.
    func schema(for revision: ProtocolRevision) -> JSONValue {
        var properties = JSONObject()
        for field in fields {
            properties[field.name] = field.schema(for: revision)
        }
        var object: JSONObject = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired)
        if !required.isEmpty { object["required"] = .array(required.map { .string($0.name) }) }
        return .object(object)
    }

    /// Whether a revision has every kind of field that the form uses.
    func isExpressible(in revision: ProtocolRevision) -> Bool {
        revision.has(.elicitationModes) || fields.allSatisfy { !$0.kind.isMultipleChoice }
    }

    /// What is wrong with the content of an answer, nil if it conforms; members that are no fields are not
    /// looked at.
    ///
    /// - Parameter content: What the client sent.
    /// - Returns: One sentence that names the field, or nil.
    public func fault(in content: JSONObject) -> String? {
        for field in fields {
            if let value = content[field.name] {
                if let fault = field.kind.fault(in: value) {
                    return "the field \(Quoted(field.name)) \(fault)"
                }
            } else if field.isRequired {
                return "the field \(Quoted(field.name)) is required"
            }
        }
        return nil
    }

    /// The fields of content that conforms; whole numbers in integer fields are written as integers.
    func normalized(_ content: JSONObject) -> JSONObject {
        var result = JSONObject()
        for field in fields {
            result[field.name] = content[field.name].map { field.kind.normalized($0) }
        }
        return result
    }
}
