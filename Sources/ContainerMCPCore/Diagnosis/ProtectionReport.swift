// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox

/// How calls are confined on a machine, layer by layer: one model for the command line, the resource and the tool.
///
/// The operator's report has advice and places of the machine in it, that for callers has neither.
public struct ProtectionReport: Sendable, Equatable {
    /// One layer of protection.
    public struct Layer: Sendable, Equatable {
        /// Its name, as the kernel's documentation has it.
        public let name: String
        /// `enforced`, `partial` or `unavailable`.
        public let status: String
        /// What is missing or why; empty when enforced.
        public let detail: String
        /// What would improve it; nil when enforced, and for callers.
        public let advice: Advice?
        /// What it means that it is not in force, in plain words; empty when enforced.
        public let meaning: String
    }

    /// A level that was tried.
    public typealias Attempt = SandboxDiagnosis.Attempt

    /// The level that was reached; nil for none.
    public let level: SandboxLevel?
    /// What builds the outer wall (`SANDBOX_BACKEND`).
    public let backend: SandboxBackend
    /// The outer wall that was built; nil where the launcher stands alone.
    public let wall: EnforcementReport.OuterWall?
    /// What the settings ask for; nil for callers.
    public let required: SandboxSettings.Level?
    /// Whether a server with these settings starts.
    public let isSufficient: Bool
    /// The levels that were tried; empty for callers.
    public let attempts: [Attempt]
    /// Every layer there is.
    public let layers: [Layer]
    /// Every promise, and how far it holds; empty where no level can be had.
    public let promises: [SandboxPromise.Review]
    /// What is weaker than at level `full` and no promise, in plain words.
    public let remarks: [String]
    /// The Landlock ABI of the kernel; 0 for none.
    public let landlockABI: Int
    /// What else was found on the machine; empty for callers.
    public let checks: [MachineCheck]
    /// The machine; nil for callers.
    public let machine: MachineFacts?

    /// The operator's report.
    ///
    /// - Parameters:
    ///   - diagnosis: What was found out by trying.
    ///   - backend: What was to build the outer wall.
    ///   - facts: The machine.
    public init(_ diagnosis: SandboxDiagnosis, backend: SandboxBackend, machine facts: MachineFacts) {
        let report = diagnosis.report
        let adviser = Adviser(
            facts: facts,
            level: report?.level,
            isLevelNamed: diagnosis.required != .automatic && diagnosis.isSufficient,
            failure: diagnosis.attempts.first { $0.level == .full }?.failure
        )
        level = report?.level
        self.backend = report?.backend ?? backend
        wall = report?.wall
        required = diagnosis.required
        isSufficient = diagnosis.isSufficient
        attempts = diagnosis.attempts
        layers = Self.layers(report) {
            adviser.advice(for: $0, $1)
        } words: {
            $0
        }
        promises = report.map(SandboxPromise.review) ?? []
        remarks = report.map(Self.remarks) ?? []
        landlockABI = facts.landlockABI
        checks = MachineCheck.all(facts, level: report?.level, adviser)
        machine = facts
    }

    /// The report for callers: no advice, and no place of the machine in any text.
    ///
    /// - Parameter report: What the kernel confirmed about the running sandbox.
    public init(forCallers report: EnforcementReport) {
        level = report.level
        backend = report.backend
        wall = report.wall
        required = nil
        isSufficient = true
        attempts = []
        layers = Self.layers(report) { _, _ in
            nil
        } words: {
            HostPlaces.removed(from: $0)
        }
        promises = SandboxPromise.review(report).map { review in
            SandboxPromise.Review(
                promise: review.promise,
                state: review.state,
                reasons: review.reasons.map(HostPlaces.removed)
            )
        }
        remarks = Self.remarks(report).map(HostPlaces.removed)
        landlockABI = report.landlockABI
        checks = []
        machine = nil
    }

    private static func layers(
        _ report: EnforcementReport?,
        advice: (Mechanism, EnforcementReport.Status?) -> Advice?,
        words: (String) -> String
    ) -> [Layer] {
        Mechanism.allCases.map { mechanism in
            let known = report.map {
                $0.statuses[mechanism] ?? .unavailable(reason: "not part of this level")
            }
            let status = known ?? .unavailable(reason: "no level can be had")
            let isEnforced = status == .enforced
            return Layer(
                name: mechanism.rawValue,
                status: status.word,
                detail: words(status.detail),
                advice: isEnforced ? nil : advice(mechanism, known),
                meaning: isEnforced ? "" : mechanism.meaningOfAbsence
            )
        }
    }

    /// What is said to be weaker and belongs to no promise.
    private static func remarks(_ report: EnforcementReport) -> [String] {
        let sentences = report.reducedPromises.filter { sentence in
            !SandboxPromise.allCases.contains { $0.isNamed(by: sentence) }
        }
        guard let wall = report.wall, wall.status != .enforced else { return sentences }
        return sentences + ["The wall of \(wall.backend.rawValue) has a gap: \(wall.status.detail)."]
    }

    /// The promises that hold with a gap or not at all, one line each: `P7 is reduced: … Here: why.`.
    public var reducedPromises: [String] {
        promises.filter { $0.state != .kept }.map { review in
            let why = review.reasons.joined(separator: "; ")
            let state = review.state == .none ? "not kept" : "reduced"
            return "\(review.promise.rawValue) is \(state): \(review.promise.words) Here: \(why)."
        }
    }

    /// One command and the layers and checks that it improves.
    public struct Remedy: Sendable, Equatable {
        /// What it improves, in the order of the report.
        public var improves: [String]
        /// What to do.
        public let advice: Advice
    }

    /// The advice without repetitions, in the order of the report; what helps comes before what can't be helped.
    public var remedies: [Remedy] {
        var found: [Remedy] = []
        let all = layers.map { ($0.name, $0.advice) } + checks.map { ($0.name, $0.advice) }
        for (name, advice) in all {
            guard let advice else { continue }
            if let index = found.firstIndex(where: { $0.advice == advice }) {
                found[index].improves.append(name)
            } else {
                found.append(Remedy(improves: [name], advice: advice))
            }
        }
        return found.filter { $0.advice.command != nil } + found.filter { $0.advice.command == nil }
    }
}
