// SPDX-License-Identifier: Apache-2.0

/// In which forms a client takes an answer; saying nothing means both.
struct AcceptedForms: Sendable, Equatable {
    let json: Bool
    let events: Bool

    init(_ fields: HeaderFields) {
        let ranges = fields.list("accept").compactMap { entry -> String? in
            let parts = entry.split(separator: ";").map { ASCIIText.trimmed($0) }
            // A weight of zero means "not this" (RFC 9110, 12.4.2).
            let isRefused = parts.dropFirst().contains { part in
                part.hasPrefix("q=") && part.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." }
            }
            return isRefused ? nil : parts.first
        }
        let isSilent = fields.list("accept").isEmpty
        json = isSilent || ranges.contains { ["*/*", "application/*", "application/json"].contains($0) }
        events = isSilent || ranges.contains { ["*/*", "text/*", "text/event-stream"].contains($0) }
    }
}
