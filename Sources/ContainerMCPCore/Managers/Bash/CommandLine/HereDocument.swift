// SPDX-License-Identifier: Apache-2.0

/// A here-document whose body has still to come.
struct HereDocument {
    /// The line that ends it, without its line end.
    let delimiter: [UInt8]
    /// Whether the delimiter was quoted, so that the body is taken as it is.
    let isQuoted: Bool
    /// Whether tabs at the start of lines are dropped (`<<-`).
    let stripsTabs: Bool
}
