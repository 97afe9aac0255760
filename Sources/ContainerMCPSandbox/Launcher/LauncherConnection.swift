// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// The conversation with one launcher process up to the point where it is ready, and its end.
///
/// Set-up is a few short blocking exchanges; after that the ``LauncherLink`` talks on the reactor's thread.
final class LauncherConnection: Sendable {
    let socket: Descriptor
    let process: Int32

    private init(socket: Descriptor, process: Int32) {
        self.socket = socket
        self.process = process
    }

    /// Starts the launcher and makes sure that it is one.
    static func open() throws(SandboxError) -> LauncherConnection {
        guard cmcp_launcher_anchor() == CMCP_WIRE_VERSION else {
            throw SandboxError(.launcherLost, "server and launcher do not speak the same version")
        }
        let pair = try Descriptor.socketPair()
        let process = cmcp_start_launcher(pair.child.number)
        guard process > 0 else { throw .exhausted("a process for the launcher", errno) }
        let connection = LauncherConnection(socket: pair.server, process: process)
        do {
            try connection.greet()
        } catch {
            connection.end()
            throw error
        }
        return connection
    }

    private func greet() throws(SandboxError) {
        let absent = SandboxError(
            .launcherLost,
            "this executable does not contain the launcher, or it did not answer in 10 s",
        )
        guard let hello = receive(within: .seconds(10)), hello.bytes.count == 24 else { throw absent }
        var reader = WireReader(hello.bytes[...])
        guard reader.readUInt32() == CMCP_REPLY_HELLO.rawValue,
            reader.readUInt32() == UInt32(CMCP_WIRE_VERSION)
        else {
            throw absent
        }
        var answer = WireWriter(CMCP_REQUEST_HELLO)
        answer.write(UInt32(CMCP_WIRE_VERSION))
        let bytes = answer.bytes + hello.bytes[8...]
        guard send(bytes) else { throw absent }
    }

    func send(_ bytes: [UInt8], _ descriptors: [Int32] = []) -> Bool {
        let sent = unsafe cmcp_send(socket.number, bytes, bytes.count, descriptors, Int32(descriptors.count))
        return sent == bytes.count
    }

    /// One message, or nil when none came in time or the other side is gone.
    func receive(within time: Duration?) -> (bytes: [UInt8], descriptors: [Descriptor])? {
        if let time {
            let milliseconds = Int32(clamping: time.components.seconds * 1000)
            guard cmcp_wait_readable(socket.number, milliseconds) == 1 else { return nil }
        }
        return Self.receive(from: socket)
    }

    static func receive(from socket: Descriptor) -> (bytes: [UInt8], descriptors: [Descriptor])? {
        var bytes = [UInt8](repeating: 0, count: 256)
        var numbers = [Int32](repeating: -1, count: Int(CMCP_DESCRIPTORS_MAX))
        var count = Int32(CMCP_DESCRIPTORS_MAX)
        let length = unsafe cmcp_receive(socket.number, &bytes, bytes.count, &numbers, &count, 0)
        guard length >= 0 else { return nil }
        let descriptors = numbers.prefix(Int(max(0, count))).map { Descriptor(owning: $0) }
        return (Array(bytes.prefix(Int(length))), descriptors)
    }

    /// Sends a request and waits for its answer, during set-up only.
    ///
    /// - Returns: What the answer says beyond that it was done; 0 when that is all.
    @discardableResult
    func ask(_ request: WireWriter) throws(SandboxError) -> UInt32 {
        guard send(request.bytes), let reply = receive(within: .seconds(10)), !reply.bytes.isEmpty else {
            throw SandboxError(.launcherLost, "the launcher ended or did not answer during set-up")
        }
        var reader = WireReader(reply.bytes[...])
        switch reader.readUInt32() {
        case CMCP_REPLY_DONE.rawValue:
            return reader.readUInt32() ?? 0
        case CMCP_REPLY_FAILED.rawValue:
            throw .failedStep(reader.readUInt32() ?? 0, Int32(truncatingIfNeeded: reader.readUInt32() ?? 0))
        default:
            throw SandboxError(.launcherLost, "the launcher sent something unexpected during set-up")
        }
    }

    /// Ends the launcher, and with it every call.
    ///
    /// Blocks until it has reaped them, at most three seconds.
    func end() {
        shutdown(socket.number, Int32(SHUT_RDWR))
        var status: Int32 = 0
        for _ in 0..<3000 {
            let reaped = unsafe cmcp_reap(process, &status)
            guard reaped == 0 else { return }
            usleep(1000)
        }
        // One that is stuck goes without reaping; its supervisors go with it.
        kill(process, SIGKILL)
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
}

extension SandboxError {
    /// A step of the launcher or a supervisor failed.
    static func failedStep(_ step: UInt32, _ error: Int32) -> SandboxError {
        let name = unsafe String(cString: cmcp_step_name(step))
        let message = "could not \(name): \(errorText(error))"
        return switch step {
        case CMCP_STEP_WORKING_DIRECTORY.rawValue: SandboxError(.workingDirectory, message)
        case CMCP_STEP_EXEC.rawValue: SandboxError(.programFailed, message)
        default: SandboxError(.setUpFailed, message)
        }
    }
}
