// SPDX-License-Identifier: Apache-2.0

import ContainerMCPHTTP
import Testing

@Suite struct StreamFuzzingTests {
    @Test(arguments: ["", "p1.0-3", "g.00000000-999999999999999999", "p1.0-03", "\u{0}", "-", "ÿ-1"])
    func `what clients could send keeps the rules of replay`(text: String) {
        #expect(StreamFuzzing.exercise(Array(text.utf8)))
    }

    @Test func `thousands of random inputs keep the rules of replay`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...300, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(StreamFuzzing.exercise(bytes), "\(bytes)")
        }
    }
}
