// SPDX-License-Identifier: Apache-2.0

/// The members of a JSON object in the order they were written.
///
/// Keys are unique and compared byte by byte. Looking up a key takes constant time; removing one takes time
/// in proportion to the number of members.
public struct JSONObject: Sendable {
    struct Member: Sendable {
        let key: String
        var value: JSONValue
    }

    /// Up to this many members a scan is faster than a hash table, and most objects are that small.
    private static let scanLimit = 12

    private var members: [Member] = []
    private var positions: [ExactText: Int] = [:]
    /// The object as compact JSON, where it is written again and again; nil for any other and after any change.
    private(set) var encodedForm: [UInt8]?

    /// Makes an object without members.
    public init() {}

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The value of a key; setting replaces in place or appends, setting `nil` removes.
    public subscript(key: String) -> JSONValue? {
        get {
            position(of: key).map { members[$0].value }
        }
        set {
            encodedForm = nil
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            if let position = position(of: key) {
                members[position].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    /// Whether the key is there, whatever its value.
    public func contains(key: String) -> Bool {
        position(of: key) != nil
    }

    /// Appends a member unless its key is taken.
    ///
    /// - Returns: Whether the member was appended.
    public mutating func insert(_ value: JSONValue, forNewKey key: String) -> Bool {
        guard position(of: key) == nil else { return false }
        append(key, value)
        return true
    }

    /// Removes a member.
    ///
    /// - Returns: The value it had, or nil if there was none.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let position = position(of: key) else { return nil }
        encodedForm = nil
        let value = members.remove(at: position).value
        if !positions.isEmpty { indexMembers() }
        return value
    }

    /// The same object, which keeps its text beside its members, so that writing it again costs a copy only.
    package func withEncodedForm() -> JSONObject {
        var object = self
        object.encodedForm = JSONValue.object(self).encoded()
        return object
    }

    private func position(of key: String) -> Int? {
        guard members.count > Self.scanLimit else {
            return members.firstIndex { ExactText.isSame($0.key, key) }
        }
        return positions[ExactText(text: key)]
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        encodedForm = nil
        members.append(Member(key: key, value: value))
        if members.count == Self.scanLimit + 1 {
            indexMembers()
        } else if members.count > Self.scanLimit {
            positions[ExactText(text: key)] = members.count - 1
        }
    }

    private mutating func indexMembers() {
        positions.removeAll(keepingCapacity: true)
        guard members.count > Self.scanLimit else { return }
        for (position, member) in members.enumerated() {
            positions[ExactText(text: member.key)] = position
        }
    }
}

extension JSONObject: RandomAccessCollection {
    /// A key and its value.
    public typealias Element = (key: String, value: JSONValue)

    /// The position of the first member.
    public var startIndex: Int { members.startIndex }
    /// The position after the last member.
    public var endIndex: Int { members.endIndex }

    /// The member at a position.
    public subscript(position: Int) -> (key: String, value: JSONValue) {
        let member = members[position]
        return (member.key, member.value)
    }
}

extension JSONObject: Hashable {
    /// Whether two objects have the same members; their order does not count.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        return left.members.allSatisfy { member in right[member.key] == member.value }
    }

    /// Feeds the members into a hasher without regard to their order.
    public func hash(into hasher: inout Hasher) {
        var combined = 0
        for member in members {
            var own = Hasher()
            ExactText.hash(member.key, into: &own)
            own.combine(member.value)
            combined ^= own.finalize()
        }
        hasher.combine(members.count)
        hasher.combine(combined)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Makes an object from a literal; of equal keys the last one counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (key, value) in elements {
            self[key] = value
        }
    }
}

extension JSONObject: CustomStringConvertible {
    /// The object as compact JSON.
    public var description: String { JSONValue.object(self).encodedString() }
}
