// SPDX-License-Identifier: Apache-2.0

/// What the kernel confirmed about the protection of children, layer by layer.
public struct EnforcementReport: Sendable, Equatable {
    /// How far one layer is in force.
    public enum Status: Sendable, Equatable {
        /// In force, and seen to be.
        case enforced
        /// In force with a gap.
        case partial(missing: String)
        /// Not in force.
        case unavailable(reason: String)

        /// `enforced`, `partial` or `unavailable`.
        public var word: String {
            switch self {
            case .enforced: "enforced"
            case .partial: "partial"
            case .unavailable: "unavailable"
            }
        }

        /// What is missing or why; empty when enforced.
        public var detail: String {
            switch self {
            case .enforced: ""
            case .partial(let missing): missing
            case .unavailable(let reason): reason
            }
        }
    }

    /// The level that was reached.
    public let level: SandboxLevel
    /// The state of each layer.
    public let statuses: [Mechanism: Status]
    /// Promises that are weaker than at level `full`, in plain words.
    public let reducedPromises: [String]
    /// The Landlock ABI of the running kernel, 0 without Landlock.
    public let landlockABI: Int
    /// The AppArmor profile that holds the children of a kind, by the kind's number.
    public let profiles: [UInt32: String]
    /// What keeps the signals of a call inside it; nil where nothing does or it is not known.
    public let signalWay: SignalWay?

    /// Makes a report; used by sandboxes and by tests.
    public init(
        level: SandboxLevel,
        statuses: [Mechanism: Status],
        reducedPromises: [String] = [],
        landlockABI: Int = 0,
        profiles: [UInt32: String] = [:],
        signalWay: SignalWay? = nil
    ) {
        self.level = level
        self.statuses = statuses
        self.reducedPromises = reducedPromises
        self.landlockABI = landlockABI
        self.profiles = profiles
        self.signalWay = signalWay
    }

    /// Whether another sandbox protects in the same way; what is merely said about profiles that are not used may
    /// differ.
    func isEquivalent(to other: EnforcementReport) -> Bool {
        var (own, others) = (statuses, other.statuses)
        own[.appArmor] = nil
        others[.appArmor] = nil
        return own == others && level == other.level && reducedPromises == other.reducedPromises
            && landlockABI == other.landlockABI && profiles == other.profiles && signalWay == other.signalWay
    }

    /// Checks that layers are fully in force.
    ///
    /// - Parameter required: The layers that must be enforced.
    /// - Throws: ``SandboxError`` with code `unavailable` that names each missing layer and why it is missing.
    public func require(_ required: Set<Mechanism>) throws(SandboxError) {
        let missing = Mechanism.allCases.filter { required.contains($0) && statuses[$0] != .enforced }
        guard missing.isEmpty else {
            let names = missing.map { mechanism in
                let detail = statuses[mechanism]?.detail ?? "unknown"
                return detail.isEmpty ? mechanism.rawValue : "\(mechanism.rawValue) (\(detail))"
            }
            throw SandboxError(.unavailable, "not enforced: \(names.joined(separator: ", "))")
        }
    }
}
