// SPDX-License-Identifier: Apache-2.0

extension Int64 {
    /// The integer that a double is, nil if it has a fraction or lies outside 64 bits.
    ///
    /// The library's own conversion needs the mathematics library, which a program that links nothing else
    /// lacks.
    init?(whole value: Double) {
        guard value >= -0x1p63, value < 0x1p63 else { return nil }
        self = Int64(value)
        guard Double(self) == value else { return nil }
    }
}
