// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@Suite struct InterruptionTests {
    @Test(arguments: [SIGINT, SIGTERM])
    func `an interrupted call leaves no process behind`(signal: Int32) throws {
        let folder = try TemporaryFolder()
        try #require(unsafe mkdir(folder.path + "/sandbox", 0o755) == 0)
        let mark = "mark-\(getpid())-\(signal)"
        let watch = inotify_init1(Int32(IN_CLOEXEC))
        defer { close(watch) }
        try #require(unsafe inotify_add_watch(watch, folder.path + "/sandbox", UInt32(IN_CREATE)) >= 0)
        let run = try ProgramRun(
            [
                ProgramFolder.commandLine, "call", "system_run_command", "--arguments",
                #"{"command": ": \#(mark); : > started; (while :; do :; done) & while :; do :; done"}"#,
            ],
            in: folder.path
        )
        try Self.wait(for: "started", watch)
        #expect(!Self.processes(with: mark, except: run.process).isEmpty)
        run.signal(signal)
        let result = try run.finish()
        #expect(result.status == 130)
        #expect(result.output.isEmpty)
        #expect(Self.processes(with: mark, except: run.process).isEmpty)
    }

    /// Waits until a watched folder gets an entry of this name.
    private static func wait(for name: String, _ watch: Int32) throws {
        while true {
            var polled = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
            try #require(unsafe poll(&polled, 1, 20_000) == 1, "the command did not start")
            var events = [UInt8](repeating: 0, count: 4_096)
            let count = unsafe read(watch, &events, events.count)
            try #require(count > 0)
            if String(decoding: events[..<count], as: UTF8.self).contains(name) { return }
        }
    }

    /// The processes whose command line holds a text.
    private static func processes(with text: String, except own: pid_t) -> [Int32] {
        guard let folder = unsafe opendir("/proc") else { return [] }
        defer { unsafe closedir(folder) }
        var found: [Int32] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let number = Int32(name), number != own else { continue }
            let file = unsafe open("/proc/\(number)/cmdline", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { continue }
            defer { close(file) }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = unsafe read(file, &buffer, buffer.count)
            if count > 0, String(decoding: buffer[..<count], as: UTF8.self).contains(text) {
                found.append(number)
            }
        }
        return found
    }
}
