// SPDX-License-Identifier: Apache-2.0

/// What a new thread is told to do; carries the crew, so that it lives as long as its threads.
final class ThreadOrder: Sendable {
    let crew: BlockingCrew
    let body: @Sendable (BlockingCrew) -> Void

    init(crew: BlockingCrew, body: @escaping @Sendable (BlockingCrew) -> Void) {
        self.crew = crew
        self.body = body
    }
}
