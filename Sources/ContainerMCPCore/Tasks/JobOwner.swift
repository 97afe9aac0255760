// SPDX-License-Identifier: Apache-2.0

/// Who owns a job, and so may read, answer and cancel it.
///
/// Subjects are compared byte by byte: two names that only look alike, or that Unicode holds to be equivalent, are
/// two owners.
public enum JobOwner: Sendable {
    /// Who was authenticated, by issuer and subject; may follow a job from any session.
    case subject(String)
    /// A conversation without authentication; its end is the end of its jobs.
    case conversation(ConversationID)
    /// Everyone who calls without authentication and without a conversation; the identifier is the only secret.
    case anonymous
}

extension JobOwner: Hashable {
    /// Whether two owners are the same one.
    public static func == (left: JobOwner, right: JobOwner) -> Bool {
        switch (left, right) {
        case (.subject(let left), .subject(let right)): left.utf8.elementsEqual(right.utf8)
        case (.conversation(let left), .conversation(let right)): left == right
        case (.anonymous, .anonymous): true
        default: false
        }
    }

    /// Feeds the owner into a hasher.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .subject(let name):
            hasher.combine(0)
            for byte in name.utf8 { hasher.combine(byte) }
        case .conversation(let conversation):
            hasher.combine(1)
            hasher.combine(conversation)
        case .anonymous:
            hasher.combine(2)
        }
    }
}
