// SPDX-License-Identifier: Apache-2.0

extension ServerMetrics {
    /// The kinds of places that calls take.
    public enum PlaceKind: String, Sendable, CaseIterable {
        /// For programs.
        case exec
        /// For files, prompts and resources.
        case files
        /// For the web.
        case web
    }
}
