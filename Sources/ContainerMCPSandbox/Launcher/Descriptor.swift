// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// A file descriptor that is closed when its last holder lets go of it.
final class Descriptor: Sendable {
    let number: Int32

    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// A close-on-exec pipe; the server's end does not block.
    static func pipe(serverReads: Bool) throws(SandboxError) -> (server: Descriptor, child: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard unsafe cmcp_pipe(&ends, serverReads ? 1 : 0, serverReads ? 0 : 1) == 0 else {
            throw .exhausted("a pipe", errno)
        }
        let reading = Descriptor(owning: ends[0])
        let writing = Descriptor(owning: ends[1])
        return serverReads ? (reading, writing) : (writing, reading)
    }

    /// A close-on-exec pair of packet sockets; the first does not block.
    static func socketPair() throws(SandboxError) -> (server: Descriptor, child: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard unsafe cmcp_socket_pair(&ends) == 0 else {
            throw .exhausted("a socket pair", errno)
        }
        return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }

    /// Opens a path with the given flags (mode 0600 where it creates), or gives nil with errno set.
    static func open(_ path: String, _ flags: Int32) -> Descriptor? {
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
        return number < 0 ? nil : Descriptor(owning: number)
    }
}

extension SandboxError {
    /// The operating system refused a resource.
    static func exhausted(_ what: String, _ error: Int32) -> SandboxError {
        SandboxError(.exhausted, "the system refused \(what): \(errorText(error))")
    }

    /// The text for an errno value.
    static func errorText(_ error: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        unsafe cmcp_error_text(error, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
