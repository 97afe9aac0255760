// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// The program that builds a wall: looked at once, opened, and from then on started by its descriptor.
///
/// Before each use its name must still lead to the very file that was looked at, so that a helper which was removed
/// or replaced is noticed.
final class HelperFile: Sendable {
    /// Where it is, without links.
    let path: String
    /// Whether it changes to its owner when it is started.
    let isSetUserID: Bool
    let descriptor: Descriptor
    private let mark: Mark

    private struct Mark: Equatable {
        let numbers: [Int64]

        init(_ info: stat) {
            numbers = [
                Int64(bitPattern: UInt64(info.st_dev)), Int64(bitPattern: UInt64(info.st_ino)),
                Int64(info.st_size), Int64(info.st_mode), Int64(info.st_uid), Int64(info.st_mtim.tv_sec),
                Int64(info.st_mtim.tv_nsec),
            ]
        }
    }

    /// Looks for a helper by name.
    ///
    /// - Throws: ``SandboxError`` with code `unavailable` that says what is missing or unsuitable.
    static func find(_ name: String) throws(SandboxError) -> HelperFile {
        let folders = ["/usr/local/bin", "/usr/bin", "/bin"]
        guard let found = folders.map({ "\($0)/\(name)" }).first(where: { HostPath.walk($0) != nil }) else {
            throw SandboxError(
                .unavailable,
                "there is no \(name) in \(folders.joined(separator: ", ")); install it"
            )
        }
        return try HelperFile(path: found)
    }

    /// Looks at a file and opens it.
    ///
    /// - Parameters:
    ///   - path: An absolute path.
    ///   - owner: Who must own it and the folders above it, beside root.
    /// - Throws: ``SandboxError`` with code `unavailable` when somebody else could have changed it.
    init(path: String, owner: UInt32 = 0) throws(SandboxError) {
        guard let walk = HostPath.walk(path), let file = Descriptor.open(walk.real, O_RDONLY | O_NOFOLLOW)
        else {
            throw SandboxError(.unavailable, "'\(path)' can't be read")
        }
        var info = stat()
        guard unsafe fstat(file.number, &info) == 0, info.st_mode & S_IFMT == S_IFREG,
            ElfFile(path: "/proc/self/fd/\(file.number)") != nil
        else {
            throw SandboxError(.unavailable, "'\(walk.real)' is no ELF program")
        }
        guard [0, owner].contains(info.st_uid), info.st_mode & 0o022 == 0,
            Self.isOutOfReach(walk.real, owner: owner)
        else {
            throw SandboxError(
                .unavailable,
                "'\(walk.real)', or a folder above it, can be changed by others than root"
            )
        }
        self.path = walk.real
        isSetUserID = info.st_mode & S_ISUID != 0
        descriptor = file
        mark = Mark(info)
    }

    /// Whether nobody else can rename the file or a folder above it.
    private static func isOutOfReach(_ path: String, owner: UInt32) -> Bool {
        var parent = path[...]
        while let slash = parent.lastIndex(of: "/") {
            parent = parent[..<slash]
            var info = stat()
            guard unsafe lstat(parent.isEmpty ? "/" : String(parent), &info) == 0,
                [0, owner].contains(info.st_uid),
                info.st_mode & 0o022 == 0 || info.st_mode & S_ISVTX != 0
            else { return false }
        }
        return true
    }

    /// - Throws: ``SandboxError`` with code `setUpFailed` when the file is no longer there or is another one.
    func checkUnchanged() throws(SandboxError) {
        var info = stat()
        guard unsafe lstat(path, &info) == 0, Mark(info) == mark else {
            throw SandboxError(.setUpFailed, "'\(path)' was removed or changed since the server started")
        }
    }

    /// Asks the program for its version.
    ///
    /// Blocks, ten seconds at most.
    ///
    /// - Parameter name: What it is called: firejail takes another name for that of a program to run.
    /// - Returns: The version.
    /// - Throws: ``SandboxError`` with code `unavailable` when it tells none.
    func version(as name: String) throws(SandboxError) -> HelperVersion {
        let (process, output) = try startForVersion(as: name)
        var text: [UInt8] = []
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        while text.count < 4096, ContinuousClock.now < deadline,
            HelperVersion(in: Self.firstLine(text)) == nil
        {
            guard cmcp_wait_readable(output.number, 100) == 1 else { continue }
            var chunk = [UInt8](repeating: 0, count: 1024)
            let count = unsafe read(output.number, &chunk, chunk.count)
            guard count > 0 else { break }
            text += chunk[..<count]
        }
        kill(process, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard let version = HelperVersion(in: Self.firstLine(text)) else {
            throw SandboxError(.unavailable, "'\(path)' does not tell its version")
        }
        return version
    }

    /// The helper's end of the pipe is let go of on return, so that its silence is seen when it ends.
    private func startForVersion(as name: String) throws(SandboxError) -> (process: Int32, output: Descriptor)
    {
        let pipe = try Descriptor.pipe(serverReads: true)
        return (try start([name, "--version"], output: pipe.child.number), pipe.server)
    }

    /// The first line that is whole, or nothing.
    private static func firstLine(_ text: [UInt8]) -> String {
        guard let end = text.firstIndex(of: 0x0a) else { return "" }
        return String(decoding: text[..<end], as: UTF8.self)
    }

    /// Starts the program.
    ///
    /// - Returns: Its process id.
    func start(
        _ arguments: [String],
        output: Int32 = -1,
        errors: Int32 = -1,
        socket: Int32 = -1
    ) throws(SandboxError) -> Int32 {
        var words = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        let process = unsafe cmcp_start_helper(descriptor.number, words, output, errors, socket)
        guard process > 0 else {
            throw SandboxError(
                .setUpFailed,
                "'\(path)' can't be started: \(SandboxError.errorText(errno))"
            )
        }
        return process
    }
}
