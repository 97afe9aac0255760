// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

extension LauncherConnection {
    /// What a launcher behind a wall found there.
    struct Surroundings: Sendable {
        let findings: WallFindings
        /// A pidfd of the launcher itself, which is no child of this process.
        let launcher: Descriptor
        /// Where the helper writes; open as long as it may.
        let errors: Descriptor
    }

    /// How long a helper may take to build its wall.
    private static let patience = Duration.seconds(10)

    /// Whether a launcher behind a wall still runs: its helper may hold the socket open longer.
    ///
    /// One without a wall tells by the end of its socket.
    var isRunning: Bool {
        surroundings.map { cmcp_wait_readable($0.launcher.number, 0) == 0 } ?? true
    }

    /// Starts the launcher behind a wall, makes sure that it is one and that the wall is there.
    ///
    /// Blocks, some 20 seconds at most.
    ///
    /// - Throws: ``SandboxError`` with code `unavailable` when there is no wall or not all of it.
    static func open(
        behind wall: Wall,
        _ contents: WallContents,
        level: SandboxLevel
    ) throws(SandboxError) -> LauncherConnection {
        let (connection, errors) = try start(wall, contents, level)
        do throws(SandboxError) {
            do throws(SandboxError) {
                try connection.greet(within: patience)
            } catch {
                throw failure(of: wall, errors)
            }
            // Only root's wall has something mounted over parts of /proc that root can cover again.
            let flags = geteuid() == 0 && level == .full ? UInt32(CMCP_WALL_WHOLE_PROC) : 0
            let (findings, launcher) = try connection.lookAround(flags: flags)
            try wall.check(findings, level: level)
            return LauncherConnection(
                socket: connection.socket,
                process: connection.process,
                surroundings: Surroundings(findings: findings, launcher: launcher, errors: errors)
            )
        } catch {
            connection.end()
            throw error
        }
    }

    /// The helper's ends are let go of on return, so that its death is seen.
    private static func start(
        _ wall: Wall,
        _ contents: WallContents,
        _ level: SandboxLevel
    ) throws(SandboxError) -> (LauncherConnection, Descriptor) {
        let pair = try Descriptor.socketPair()
        let errors = try Descriptor.pipe(serverReads: true)
        let process = try wall.start(
            contents,
            level: level,
            socket: pair.child.number,
            errors: errors.child.number
        )
        return (LauncherConnection(socket: pair.server, process: process), errors.server)
    }

    /// Why no launcher answered: the first line that the helper wrote.
    private static func failure(of wall: Wall, _ errors: Descriptor) -> SandboxError {
        var text = [UInt8](repeating: 0, count: 512)
        let count = unsafe read(errors.number, &text, text.count)
        let line = text.prefix(max(0, count)).prefix { $0 != 0x0a }.filter { $0 >= 0x20 && $0 < 0x7f }
        let reason =
            line.isEmpty
            ? "the launcher behind its wall did not answer" : String(decoding: line, as: UTF8.self)
        return SandboxError(.unavailable, "\(wall.backend.rawValue) could not build its wall: \(reason)")
    }

    /// Asks the launcher where it is.
    func lookAround(
        flags: UInt32
    ) throws(SandboxError) -> (findings: WallFindings, launcher: Descriptor) {
        var request = WireWriter(CMCP_REQUEST_WALL)
        request.write(flags)
        let absent = SandboxError(.unavailable, "the launcher behind the wall did not tell where it is")
        guard send(request.bytes), let reply = receive(within: .seconds(10)),
            let launcher = reply.descriptors.first
        else { throw absent }
        var reader = WireReader(reply.bytes[...])
        guard reader.readUInt32() == UInt32(CMCP_REPLY_WALL) else { throw absent }
        var numbers: [UInt64] = []
        while let number = reader.readUInt64() { numbers.append(number) }
        return (WallFindings(launcher: numbers), launcher)
    }
}
