// SPDX-License-Identifier: Apache-2.0

import ContainerMCPTesting
import Glibc
import Synchronization

/// A client that sends exactly the bytes it is told to; every wait ends after thirty seconds.
///
/// Its blocking calls run on threads of their own, because the server under test needs those of the tests.
final class RawConnection: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32
    private let buffer = Mutex<[UInt8]>([])
    private let isOpen = Mutex(true)
    private let recording = WireRecording(.http)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
        unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_SNDTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
    }

    deinit {
        close()
    }

    static func connect(port: Int, receiveBuffer: Int32? = nil) async throws -> RawConnection {
        try await blocking {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { throw Failure(description: "socket: \(errno)") }
            if var size = receiveBuffer {
                unsafe setsockopt(
                    descriptor,
                    SOL_SOCKET,
                    SO_RCVBUF,
                    &size,
                    socklen_t(MemoryLayout<Int32>.size)
                )
            }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            let result = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    unsafe Glibc.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else {
                Glibc.close(descriptor)
                throw Failure(description: "connect: \(errno)")
            }
            return RawConnection(descriptor: descriptor)
        }
    }

    static func connect(socket path: String) async throws -> RawConnection {
        try await blocking {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { throw Failure(description: "socket: \(errno)") }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
            let result = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    unsafe Glibc.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard result == 0 else {
                Glibc.close(descriptor)
                throw Failure(description: "connect: \(errno)")
            }
            return RawConnection(descriptor: descriptor)
        }
    }

    /// Sends text; what the server no longer takes is dropped.
    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        let descriptor = descriptor
        recording.client(bytes)
        try await Self.blocking {
            var position = 0
            while position < bytes.count {
                let sent = unsafe bytes[position...].withUnsafeBytes { rest in
                    unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return }
                position += sent
            }
        }
    }

    /// Says that nothing more will be sent.
    func endInput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        if wasOpen { Glibc.close(descriptor) }
    }

    /// Reads until a text has come.
    ///
    /// - Returns: Everything up to its end.
    func read(through end: String) async throws -> String {
        let end = Array(end.utf8)
        while true {
            let found = buffer.withLock { buffer -> [UInt8]? in
                guard let range = buffer.firstRange(of: end) else { return nil }
                let part = Array(buffer[..<range.upperBound])
                buffer.removeFirst(part.count)
                return part
            }
            if let found { return String(decoding: found, as: UTF8.self) }
            guard try await readMore() else {
                let rest = buffer.withLock { String(decoding: $0.prefix(200), as: UTF8.self) }
                throw Failure(description: "the connection ended after '\(rest)'")
            }
        }
    }

    func read(count: Int) async throws -> [UInt8] {
        while true {
            let found = buffer.withLock { buffer -> [UInt8]? in
                guard buffer.count >= count else { return nil }
                let part = Array(buffer[..<count])
                buffer.removeFirst(count)
                return part
            }
            if let found { return found }
            guard try await readMore() else { throw Failure(description: "the connection ended early") }
        }
    }

    /// Whether the server ends the connection; what it sends before is dropped.
    func isClosedByServer() async -> Bool {
        do {
            while try await readMore() {}
            return true
        } catch {
            return false
        }
    }

    private func readMore() async throws -> Bool {
        let descriptor = descriptor
        let bytes = try await Self.blocking { () throws -> [UInt8] in
            var failure: Int32 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { space, count in
                let got = unsafe recv(descriptor, space.baseAddress, 65_536, 0)
                failure = got < 0 ? errno : 0
                count = max(0, got)
            }
            // A reset is an end too.
            guard failure == 0 || failure == ECONNRESET else {
                throw Failure(description: "nothing came: \(failure)")
            }
            return bytes
        }
        recording.server(bytes)
        buffer.withLock { $0.append(contentsOf: bytes) }
        return !bytes.isEmpty
    }

    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            let work = Work { continuation.resume(with: Result(catching: body)) }
            var thread = pthread_t()
            let error = unsafe pthread_create(
                &thread,
                nil,
                { context in
                    guard let context = unsafe context else { return nil }
                    unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                    return nil
                },
                Unmanaged.passRetained(work).toOpaque()
            )
            guard error == 0 else {
                return continuation.resume(throwing: Failure(description: "no thread: \(error)"))
            }
            pthread_detach(thread)
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
