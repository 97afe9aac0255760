// SPDX-License-Identifier: Apache-2.0

/// What some events mean to those who watch.
struct WatchNews: Equatable {
    /// The URIs whose resources may have changed.
    var uris: Set<String> = []
    /// Whether the list of resources may have changed.
    var changesList = false
}
