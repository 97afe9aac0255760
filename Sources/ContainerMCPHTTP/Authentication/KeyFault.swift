// SPDX-License-Identifier: Apache-2.0

/// Why keys can't be had, for the operator.
struct KeyFault: Error, Sendable, Equatable {
    /// What is wrong; a text that goes on after the name of a place.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
