// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPCore

@Suite struct ProcessReadingTests {
    private let line = Array(
        """
        42 (a) b (c) S 1 42 42 0 -1 4194560 500 0 0 0 700 50 0 0 20 0 4 0 12345 \
        104857600 2560 18446744073709551615 1

        """.utf8
    )

    @Test func `fields are counted after a name that may hold anything`() {
        #expect(ProcessReading.field(14, of: line) == 700)
        #expect(ProcessReading.field(22, of: line) == 12_345)
        let reading = ProcessReading(statistics: line)
        #expect(reading.virtualBytes == 104_857_600)
        #expect(reading.residentBytes == 2_560 * Double(sysconf(Int32(_SC_PAGESIZE))))
        #expect(reading.processorSeconds == 750 / Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    @Test(arguments: [
        "", "42", "42 (x", "42 (x)", "42 (x) S 1", "42 (x) S" + String(repeating: " x", count: 40),
    ])
    func `what is not there is not told`(text: String) {
        #expect(ProcessReading(statistics: Array(text.utf8)) == ProcessReading())
    }

    @Test func `an open descriptor is counted`() throws {
        // Other tests open and close some at the same time, so many are opened at once.
        let before = try #require(ProcessReading.now(start: nil).openDescriptors)
        let copies = (0..<512).map { _ in fcntl(0, F_DUPFD_CLOEXEC, 0) }
        defer { for copy in copies where copy >= 0 { close(copy) } }
        let after = try #require(ProcessReading.now(start: nil).openDescriptors)
        #expect(after > before + 256)
    }

    @Test func `the process started before now`() throws {
        let start = try #require(ProcessReading.startTime())
        #expect(start <= Double(time(nil)) + 1)
        #expect(ProcessReading.now(start: start).startSeconds == start)
    }
}
