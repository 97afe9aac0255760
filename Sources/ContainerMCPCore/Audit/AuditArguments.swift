// SPDX-License-Identifier: Apache-2.0

import Crypto

/// The arguments of a call as the audit log knows them: how many bytes, and their digest.
public struct AuditArguments: Sendable, Equatable {
    /// Length of the arguments as they came, in bytes.
    public let byteCount: Int
    /// SHA-256 of the arguments as they came, 64 lower-case hexadecimal digits.
    public let sha256: String
    /// The text, kept by reference; it is written only when the log was told to keep full texts.
    let text: String

    /// Takes the JSON text of the arguments as it came over the wire.
    public init(_ text: String) {
        var text = text
        text.makeContiguousUTF8()
        var hash = SHA256()
        var count = 0
        _ = unsafe text.utf8.withContiguousStorageIfAvailable { bytes in
            unsafe hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            count = bytes.count
        }
        self.byteCount = count
        self.sha256 = Self.hexadecimal(hash.finalize())
        self.text = text
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
