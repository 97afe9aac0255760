// SPDX-License-Identifier: Apache-2.0

/// How much a registry holds.
struct MetricLimits: Sendable {
    /// Names.
    var names = 500
    /// Bytes of a name.
    var nameBytes = 200
    /// Sets of labels under all names together.
    var labelSets = 2_000
    /// Sets of labels under one name.
    var labelSetsOfName = 200
    /// Bytes of all sets of labels together, as they are shown.
    var labelBytes = 256 << 10
    /// Labels in a set; what comes after them is left out.
    var labels = 8
    /// Bytes of the name of a label.
    var labelNameBytes = 64
    /// Bytes of the value of a label; longer ones are cut.
    var labelValueBytes = 128
    /// Bytes of a description; longer ones are cut.
    var descriptionBytes = 1_024
}
