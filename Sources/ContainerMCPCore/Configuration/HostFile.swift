// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads the few small files that settings consist of, completely or not at all.
package enum HostFile {
    package struct Contents {
        package let bytes: [UInt8]
        package let mode: UInt32
    }

    package enum Failure: Error, Equatable {
        case missing
        case unreadable
        case notRegular
        case tooLarge(limit: Int)

        package var reason: String {
            switch self {
            case .missing: "is not there"
            case .unreadable: "cannot be read by this user; check its owner and mode"
            case .notRegular: "is no regular file"
            case .tooLarge(let limit): "is larger than \(limit) bytes"
            }
        }
    }

    /// Links are followed: mounted secrets are links in Kubernetes.
    ///
    /// Devices and pipes are refused without waiting.
    package static func read(_ path: String, atMost limit: Int) throws(Failure) -> Contents {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_size <= limit else { throw .tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable }
            guard count > 0 else { return Contents(bytes: bytes, mode: status.st_mode) }
            bytes.append(contentsOf: buffer.prefix(count))
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }
}
