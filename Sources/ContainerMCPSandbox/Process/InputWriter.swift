// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What a child reads on one of its pipes, written as it takes it.
struct InputWriter {
    let descriptor: Descriptor
    let bytes: [UInt8]
    private var position = 0

    init(descriptor: Descriptor, bytes: [UInt8]) {
        self.descriptor = descriptor
        self.bytes = bytes
    }

    /// Writes as much as the pipe takes now, at most 64 KiB.
    ///
    /// - Returns: Whether it is done: all is written, or nobody reads any more.
    mutating func advance() -> Bool {
        let rest = bytes[position...]
        let written = unsafe rest.withUnsafeBytes {
            unsafe Glibc.write(descriptor.number, $0.baseAddress, min($0.count, 65_536))
        }
        guard written >= 0 else { return errno != EAGAIN && errno != EINTR }
        position += written
        return position == bytes.count
    }
}
