// SPDX-License-Identifier: Apache-2.0

import Crypto

/// A text that must not be seen: whatever prints it, prints a mask.
public struct SecretText: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    /// Wraps a secret.
    public init(_ text: String) {
        self.text = text
    }

    /// The secret itself, for the one place that has to send it.
    public var revealed: String { text }

    /// Whether a text from outside is this secret, in a time that does not depend on where the two differ.
    ///
    /// Digests are compared, so the length does not show either.
    public func matches(_ candidate: String) -> Bool {
        SHA256.hash(data: Array(candidate.utf8)) == SHA256.hash(data: Array(text.utf8))
    }

    /// The mask.
    public var description: String { SettingText.mask }

    /// The mask.
    public var debugDescription: String { SettingText.mask }

    /// Nothing, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
