// SPDX-License-Identifier: Apache-2.0

/// Waits for what shows itself only to those who ask.
enum Wait {
    static func until(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !condition() {
            guard ContinuousClock.now < deadline else {
                throw RawConnection.Failure(description: "it did not happen within thirty seconds")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
