// SPDX-License-Identifier: Apache-2.0

/// What a user did with a question.
public enum ElicitationAction: String, Sendable, Hashable, CaseIterable {
    /// The user answered, or agreed to open the address.
    case accept
    /// The user said no.
    case decline
    /// The user closed the question without a choice.
    case cancel
}
