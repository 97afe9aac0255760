// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPHTTP

@Suite(.timeLimit(.minutes(1))) struct SilenceWatchTests {
    @Test func `whoever waits too long is told once, and whoever was answered is not`() async {
        let watch = SilenceWatch(silence: .milliseconds(20))
        let (told, input) = AsyncStream.makeStream(of: Int.self)
        let answered = watch.add { input.yield(1) }
        watch.remove(answered)
        _ = watch.add { input.yield(2) }
        var iterator = told.makeAsyncIterator()
        #expect(await iterator.next() == 2)
        // The clock goes on for others, and starts again after it stood still.
        _ = watch.add { input.yield(3) }
        #expect(await iterator.next() == 3)
    }
}
