// SPDX-License-Identifier: Apache-2.0

/// The parameters of one request, read member by member; every fault is a `-32602` that names the member.
struct Parameters {
    let object: JSONObject
    private let owner: String

    init(_ object: JSONObject?, of owner: String) {
        self.object = object ?? [:]
        self.owner = owner
    }

    func string(_ key: String) throws(JSONRPCError) -> String {
        guard let value = object[key] else { throw missing(key) }
        guard let text = value.stringValue else { throw mistyped(key, "a string", value) }
        return text
    }

    func optionalString(_ key: String) throws(JSONRPCError) -> String? {
        guard let value = object[key] else { return nil }
        guard let text = value.stringValue else { throw mistyped(key, "a string", value) }
        return text
    }

    func object(_ key: String) throws(JSONRPCError) -> JSONObject {
        guard let value = try optionalObject(key) else { throw missing(key) }
        return value
    }

    func optionalObject(_ key: String) throws(JSONRPCError) -> JSONObject? {
        guard let value = object[key] else { return nil }
        guard let members = value.objectValue else { throw mistyped(key, "an object", value) }
        return members
    }

    func optionalBool(_ key: String) throws(JSONRPCError) -> Bool? {
        guard let value = object[key] else { return nil }
        guard let truth = value.boolValue else { throw mistyped(key, "true or false", value) }
        return truth
    }

    func optionalStrings(_ key: String) throws(JSONRPCError) -> [String]? {
        guard let value = object[key] else { return nil }
        guard let elements = value.arrayValue else { throw mistyped(key, "an array of strings", value) }
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            guard let text = element.stringValue else { throw mistyped(key, "an array of strings", value) }
            texts.append(text)
        }
        return texts
    }

    /// All members, each of which must be a string.
    func strings() throws(JSONRPCError) -> [String: String] {
        var texts: [String: String] = [:]
        for (key, value) in object {
            guard let text = value.stringValue else {
                throw mistyped(Quoted.clipped(key, to: 80), "a string", value)
            }
            texts[key] = text
        }
        return texts
    }

    private func missing(_ key: String) -> JSONRPCError {
        .invalidParams("\(owner) needs the member '\(key)'")
    }

    private func mistyped(_ key: String, _ wanted: String, _ found: JSONValue) -> JSONRPCError {
        .invalidParams("the member '\(key)' of \(owner) must be \(wanted), not \(found.kindName)")
    }
}
