// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox

/// What the sandbox promises about a call, as documentation and reports number it.
public enum SandboxPromise: String, Sendable, CaseIterable {
    /// What a call reads.
    case reads = "P1"
    /// What a call writes.
    case writes = "P2"
    /// What a call reaches.
    case network = "P3"
    /// What a call sees and signals, and that it ends.
    case processes = "P4"
    /// That a call stays what it is.
    case privileges = "P5"
    /// What a call learns of the server.
    case secrets = "P6"
    /// What a call uses up.
    case limits = "P7"
    /// What calls share.
    case separation = "P8"
    /// What the file tools touch.
    case files = "P9"
    /// What the web tools reach.
    case web = "P10"

    /// The promise in words.
    public var words: String {
        switch self {
        case .reads: "A call reads only its workspace, the data folder and what programs need to start."
        case .writes: "A call writes only its workspace, a /tmp of its own and harmless devices."
        case .network: "A call has no network, no names, and no socket of the machine."
        case .processes:
            "A call sees and signals only its own processes, and all of them are gone when it ends."
        case .privileges: "A call can't gain privileges."
        case .secrets: "A call can't learn the server's environment, memory, descriptors or tokens."
        case .limits: "A call can't exceed its limits, and others are answered while it tries."
        case .separation: "Two calls share nothing but the workspace."
        case .files:
            "File tools touch nothing outside the workspace and the data folder, whatever is planted there."
        case .web: "Web tools connect only to addresses that the policy allows."
        }
    }

    /// How far a promise holds.
    public enum State: String, Sendable, Equatable {
        /// It holds.
        case kept
        /// It holds with a gap.
        case reduced
        /// It does not hold.
        case none
    }

    /// A promise and how far it holds.
    public struct Review: Sendable, Equatable {
        /// The promise.
        public let promise: SandboxPromise
        /// How far it holds.
        public let state: State
        /// What keeps it in place of what usually does, or why it does not hold whole; empty where nothing is special.
        public let reasons: [String]
    }

    /// Looks at what the kernel confirmed, promise by promise.
    ///
    /// - Parameter report: The report; its reduced promises count for those that they name (`P7: …`).
    /// - Returns: Every promise, in order.
    public static func review(_ report: EnforcementReport) -> [Review] {
        allCases.map { promise in
            let named = report.reducedPromises.filter { promise.isNamed(by: $0) }
                .map { Self.withoutStop($0.dropFirst(promise.rawValue.count + 2)) }
            guard report.level != .none || promise == .files || promise == .web else {
                return Review(promise: promise, state: .none, reasons: ["the server runs without a sandbox"])
            }
            let finding = Finding(promise, report)
            return Review(
                promise: promise,
                state: finding.isKept && named.isEmpty ? .kept : .reduced,
                reasons: named + finding.reasons
            )
        }
    }

    /// A sentence as one of several in a row.
    private static func withoutStop(_ sentence: Substring) -> String {
        String(sentence.hasSuffix(".") ? sentence.dropLast() : sentence)
    }

    /// Whether a sentence begins with the promise's number.
    func isNamed(by sentence: String) -> Bool { sentence.hasPrefix(rawValue + ": ") }

    /// Which layers carry a promise, and what stands in for one that is not in force.
    private struct Finding {
        var isKept = true
        var reasons: [String] = []

        init(_ promise: SandboxPromise, _ report: EnforcementReport) {
            func isIn(_ mechanism: Mechanism) -> Bool { report.statuses[mechanism] == .enforced }
            func isThere(_ mechanism: Mechanism) -> Bool {
                switch report.statuses[mechanism] {
                case .enforced, .partial: true
                case .unavailable, nil: false
                }
            }
            func detail(_ mechanism: Mechanism) -> String {
                let detail = report.statuses[mechanism]?.detail ?? "not part of this level"
                return detail.isEmpty ? mechanism.rawValue : "\(mechanism.rawValue): \(detail)"
            }
            switch promise {
            case .reads, .writes:
                guard !isIn(.mountNamespace) else { return }
                isKept = isIn(.landlock)
                reasons = isKept ? ["by Landlock alone, on the paths of the machine"] : [detail(.landlock)]
            case .network:
                guard !isIn(.networkNamespace) else { return }
                isKept = isIn(.seccomp)
                reasons =
                    isKept
                    ? ["by the system call filter alone, which refuses every kind of socket"]
                    : [detail(.seccomp)]
            case .processes:
                guard !isIn(.pidNamespace) else { return }
                isKept = isIn(.signalScope)
                reasons =
                    (isKept ? [] : [detail(.signalScope)]) + [
                        "what a call leaves behind is swept up by its supervisor, not ended by the kernel"
                    ]
            case .privileges:
                let carriers: [Mechanism] = [.noNewPrivs, .capabilities, .seccomp]
                reasons = carriers.filter { !isIn($0) }.map(detail)
                isKept = reasons.isEmpty
            case .secrets:
                guard !isIn(.pidNamespace) else { return }
                isKept = isIn(.seccomp) && isThere(.landlock)
                reasons =
                    isKept
                    ? ["by Landlock, which does not grant /proc, and by the filter"]
                    : [Mechanism.seccomp, .landlock].filter { !isIn($0) }.map(detail)
            case .limits:
                isKept = isIn(.rlimits) && (isIn(.cgroup) || isThere(.treeMemory))
                reasons =
                    isKept
                    ? (isIn(.cgroup) || isIn(.treeMemory) ? [] : [detail(.treeMemory)])
                    : [Mechanism.rlimits, .treeMemory].filter { !isThere($0) }.map(detail)
            case .separation:
                guard !(isIn(.mountNamespace) && isIn(.ipcNamespace) && isIn(.pidNamespace)) else { return }
                isKept = false
                reasons = [
                    "/tmp is a folder of the call's own by its name (TMPDIR); message queues are refused; the list of "
                        + "processes is hidden by not granting /proc"
                ]
            case .files:
                reasons = ["by the server, beneath opened folders"]
            case .web:
                reasons = ["this version has no web tools"]
            }
        }
    }
}
