// SPDX-License-Identifier: Apache-2.0

/// What the body of a message says about its protocol version.
public enum VersionClaim: Sendable, Equatable {
    /// Nothing.
    case none
    /// A revision that is served here.
    case revision(ProtocolRevision)
    /// Another version, or something that is no string.
    case other(JSONValue)

    /// Reads the claim from the parameters of a message.
    public init(_ params: JSONObject?) {
        guard let claim = params?["_meta"]?[MetaKey.protocolVersion] else {
            self = .none
            return
        }
        if let revision = claim.stringValue.flatMap(ProtocolRevision.init(rawValue:)) {
            self = .revision(revision)
        } else {
            self = .other(claim)
        }
    }

    /// The era of a message on a byte channel, where no header mirrors the claim.
    public var eraOnChannel: ProtocolEra {
        switch self {
        case .none: .legacy
        case .revision(let revision): revision.era
        case .other: .modern
        }
    }

    /// The value of the claim, nil without one.
    public var value: JSONValue? {
        switch self {
        case .none: nil
        case .revision(let revision): .string(revision.rawValue)
        case .other(let value): value
        }
    }
}
