// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

/// A program that was started, with pipes or a terminal for its streams.
final class ProgramRun {
    /// What came of it.
    struct Result {
        var status: Int
        var output: String
        var error: String
    }

    /// What its standard streams are.
    enum Streams {
        /// Pipes; the input is given.
        case pipes(input: String)
        /// One terminal for all three; the output holds what both streams wrote.
        case terminal
        /// A pipe whose reader is gone for standard output.
        case brokenOutput
        /// A file for standard output.
        case output(to: String)
    }

    private static let starting = Mutex(())

    let process: pid_t
    private let output: Int32
    private let error: Int32
    private var errorSoFar: [UInt8] = []

    /// The longest that a run may take; then it is killed, and the test fails by its status.
    private static let patience: Int32 = 30_000

    init(
        _ command: [String],
        streams: Streams = .pipes(input: ""),
        environment: [String: String] = [:],
        in folder: String? = nil
    ) throws {
        // Between the making of a pipe and its mark another start would inherit it, and its reader never see the end.
        (process, output, error) = try Self.starting.withLock { _ in
            try Self.start(command, streams, environment, in: folder)
        }
    }

    private static func start(
        _ command: [String],
        _ streams: Streams,
        _ environment: [String: String],
        in folder: String?
    ) throws -> (pid_t, output: Int32, error: Int32) {
        var (output, error): (Int32, Int32) = (-1, -1)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var theirs: [Int32] = []
        defer { for number in theirs { close(number) } }
        if case .terminal = streams {
            let (ours, slave) = try terminal()
            output = ours
            theirs = [slave]
            for number: Int32 in 0...2 { unsafe posix_spawn_file_actions_adddup2(&actions, slave, number) }
        } else {
            let (inputReader, inputWriter) = try pipe()
            let (outputReader, outputWriter) = try pipe()
            let (errorReader, errorWriter) = try pipe()
            theirs = [inputReader, outputWriter, errorWriter, inputWriter]
            (output, error) = (outputReader, errorReader)
            unsafe posix_spawn_file_actions_adddup2(&actions, inputReader, 0)
            unsafe posix_spawn_file_actions_adddup2(&actions, outputWriter, 1)
            unsafe posix_spawn_file_actions_adddup2(&actions, errorWriter, 2)
            switch streams {
            case .pipes(let input):
                let bytes = Array(input.utf8)
                // What tests send fits into a pipe, so writing before the start can't block.
                try #require(bytes.count <= 65_536)
                _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(inputWriter, $0.baseAddress, $0.count) }
            case .brokenOutput:
                close(outputReader)
                output = -1
            case .output(let path):
                unsafe posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY, 0)
            case .terminal:
                break
            }
        }
        var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "xterm"]
        variables.merge(environment) { _, new in new }
        let inFolder = folder.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] } ?? []
        let settings = variables.map { "\($0)=\($1)" }
        return (try unsafe spawn(inFolder + command, settings, &actions), output, error)
    }

    /// Sends a signal.
    func signal(_ number: Int32) {
        kill(process, number)
    }

    /// Waits until standard error holds a text.
    func waitForError(containing text: String) throws {
        while !String(decoding: errorSoFar, as: UTF8.self).contains(text) {
            var polled = pollfd(fd: error, events: Int16(POLLIN), revents: 0)
            var buffer = [UInt8](repeating: 0, count: 4_096)
            try #require(unsafe poll(&polled, 1, Self.patience) == 1, "it never said '\(text)'")
            let count = unsafe read(error, &buffer, buffer.count)
            try #require(count > 0, "it ended without '\(text)'")
            errorSoFar += buffer[..<count]
        }
    }

    /// Reads both streams to their ends and waits for the program.
    @discardableResult
    func finish() throws -> Result {
        var result = Result(status: -1, output: "", error: "")
        var texts = [[], errorSoFar]
        var open = [output, error]
        defer { for number in open where number >= 0 { close(number) } }
        while open.contains(where: { $0 >= 0 }) {
            var polled = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let ready = unsafe poll(&polled, 2, Self.patience)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else {
                kill(process, SIGKILL)
                break
            }
            for index in 0...1 where polled[index].revents != 0 {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = unsafe read(open[index], &buffer, buffer.count)
                if count > 0 {
                    texts[index] += buffer[..<count]
                } else {
                    // The end of a terminal is an error: nobody has the other side any more.
                    close(open[index])
                    open[index] = -1
                }
            }
        }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        result.status = Int(signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
        result.output = String(decoding: texts[0], as: UTF8.self)
        result.error = String(decoding: texts[1], as: UTF8.self)
        return result
    }

    private static func pipe() throws -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe Glibc.pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func terminal() throws -> (ours: Int32, theirs: Int32) {
        let ours = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(ours >= 0)
        // tty_ioctl(4): TIOCSPTLCK and TIOCGPTN, whose numbers Swift does not import.
        var (lock, number): (Int32, UInt32) = (0, 0)
        try #require(unsafe ioctl(ours, 0x4004_5431, &lock) == 0 && ioctl(ours, 0x8004_5430, &number) == 0)
        let theirs = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(theirs >= 0)
        return (ours, theirs)
    }

    private static func spawn(
        _ command: [String],
        _ environment: [String],
        _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (arguments + variables).forEach { text in unsafe free(text) } }
        var process: pid_t = 0
        let failure = unsafe posix_spawn(&process, command[0], &actions, nil, &arguments, &variables)
        try #require(failure == 0, "\(command[0]) can't be started")
        return process
    }
}
