// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct LineFramerTests {
    private static let stream = Array("one\n\r\n  \n\ntwo\r\nthr\ree\n{\"a\":1}\nlast".utf8)
    private static let lines = ["one", "two", "thr\ree", "{\"a\":1}", "last"].map {
        LineFramer.Frame.line(Array($0.utf8))
    }

    @Test(arguments: 1...40)
    func `lines come out whole however the stream is cut`(size: Int) {
        var framer = LineFramer()
        var frames: [LineFramer.Frame] = []
        var rest = Self.stream[...]
        while !rest.isEmpty {
            frames += framer.feed(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        frames += framer.finish()
        #expect(frames == Self.lines)
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func `an over-long line is named once and dropped, and the next one is read`(size: Int) {
        var framer = LineFramer(maximumLength: 4)
        var frames: [LineFramer.Frame] = []
        var rest = Array("1234\n12345\r\n123456789\n1234\r\nab\n".utf8)[...]
        while !rest.isEmpty {
            frames += framer.feed(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        frames += framer.finish()
        #expect(
            frames == [
                .line(Array("1234".utf8)), .overlong, .overlong, .line(Array("1234".utf8)),
                .line(Array("ab".utf8)),
            ]
        )
    }

    @Test func `nothing of an over-long line is kept`() {
        var framer = LineFramer(maximumLength: 1_000)
        let block = [UInt8](repeating: 0x61, count: 65_536)
        var frames: [LineFramer.Frame] = []
        for _ in 0..<1_000 {
            frames += framer.feed(block)
            let held = framer.heldBytes
            #expect(held == 0)
        }
        frames += framer.finish()
        #expect(frames == [.overlong])
    }

    @Test func `the end of an empty stream is no line`() {
        var framer = LineFramer()
        let frames = framer.feed([]) + framer.finish()
        #expect(frames.isEmpty)
    }
}
