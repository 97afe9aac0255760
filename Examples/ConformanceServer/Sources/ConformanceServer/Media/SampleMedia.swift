// SPDX-License-Identifier: Apache-2.0

/// The smallest files of their kinds, in base64.
enum SampleMedia {
    /// A PNG of one red pixel.
    static let redDot =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC"
    /// A WAV of eight silent samples.
    static let silence = "UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAgICAgICAgA=="
}
