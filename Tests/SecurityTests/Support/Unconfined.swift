// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Runs the same attacks without any sandbox, to show that they would succeed.
enum Unconfined {
    /// What became of a program.
    struct Outcome {
        /// As waitpid(2) gives it.
        let status: Int32
        /// Standard output and error.
        let output: String
    }

    /// Runs a program to its end with /dev/null as its input.
    static func run(_ program: String, _ arguments: [String]) throws -> Outcome {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let pid = try start(program, arguments, output: ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(ends[0], &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return Outcome(status: wait(for: pid), output: String(decoding: bytes, as: UTF8.self))
    }

    /// Runs a line of bash in a folder.
    static func bash(_ line: String, in folder: String) throws -> Outcome {
        let script = "cd \"$0\" || exit 99\n" + line
        return try run("/bin/bash", ["bash", "--norc", "--noprofile", "-c", script, folder])
    }

    /// Runs Python code in a folder.
    static func python(_ code: String, in folder: String) throws -> Outcome {
        let line = "import os, sys\nos.chdir(sys.argv[1])\n" + code
        return try run("/usr/bin/python3", ["python3", "-I", "-S", "-u", "-c", line, folder])
    }

    /// Starts a program that goes on; its output is dropped unless a descriptor is given.
    static func start(_ program: String, _ arguments: [String], output: Int32? = nil) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if let output {
            unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
            unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe [
            strdup("PATH=/usr/local/bin:/usr/bin:/bin"), nil,
        ]
        defer { unsafe (words + environment).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let error = unsafe posix_spawn(&pid, program, &actions, nil, &words, &environment)
        try #require(error == 0, "\(program) could not be started: errno \(error)")
        return pid
    }

    /// Waits for a process that was started here.
    static func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
