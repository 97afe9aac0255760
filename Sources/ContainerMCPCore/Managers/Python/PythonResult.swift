// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// What came on the result channel of a Python run: the value of `_`, or the word that it was too long.
public struct PythonResult: Sendable, Equatable {
    /// The most bytes of JSON: 1 MiB.
    public static let valueLimit = 1 << 20
    /// The most bytes that are read from the channel.
    static let channelLimit = valueLimit + 4096

    /// The value; null where there is none.
    public let value: JSONValue
    /// Whether there was a value that was too long.
    public let isTruncated: Bool

    /// A value.
    public init(value: JSONValue, isTruncated: Bool = false) {
        self.value = value
        self.isTruncated = isTruncated
    }

    /// Reads the channel.
    ///
    /// The bytes are the child's and so may be anything; whatever is not one whole message counts as no value.
    ///
    /// - Parameter bytes: All that came, or nil when more came than is read.
    public init(channel bytes: [UInt8]?) {
        guard let bytes else {
            self.init(value: .null, isTruncated: true)
            return
        }
        guard bytes.count >= 9 else {
            self.init(value: .null)
            return
        }
        let length = bytes[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length == UInt64(bytes.count - 9) else {
            self.init(value: .null)
            return
        }
        // The harness cuts at the limit, and what writes to the channel in its place gets no further.
        guard length <= UInt64(Self.valueLimit) else {
            self.init(value: .null, isTruncated: true)
            return
        }
        switch bytes[0] {
        case UInt8(ascii: "T"):
            self.init(value: .null, isTruncated: true)
        case UInt8(ascii: "J"):
            // A value that is no JSON was not written by the harness; it is no value.
            self.init(value: (try? JSONValue(parsing: Array(bytes[9...]))) ?? .null)
        default:
            self.init(value: .null)
        }
    }
}
