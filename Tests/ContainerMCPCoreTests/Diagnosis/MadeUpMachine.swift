// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox

@testable import ContainerMCPCore

/// Machines that are not at hand.
enum MadeUpMachine {
    /// A view of a machine that has these files and nothing else.
    static func view(
        _ files: [String: String],
        folders: Set<String> = [],
        writable: Set<String> = [],
        variables: [String: String] = [:]
    ) -> MachineView {
        MachineView(
            text: { files[$0] },
            exists: { files[$0] != nil || folders.contains($0) },
            isWritable: { writable.contains($0) },
            variable: { variables[$0] },
            space: { _ in nil }
        )
    }

    static let debian = Distribution(
        families: ["debian"],
        version: "12",
        name: "Debian GNU/Linux 12 (bookworm)"
    )
    static let ubuntu = Distribution(
        families: ["ubuntu", "debian"],
        version: "24.04",
        name: "Ubuntu 24.04 LTS"
    )
    static let fedora = Distribution(families: ["fedora"], version: "42", name: "Fedora Linux 42")

    /// What the kernel confirms at a level, with some layers otherwise.
    static func report(
        _ level: SandboxLevel,
        _ others: [Mechanism: EnforcementReport.Status] = [:],
        reduced: [String] = []
    ) -> EnforcementReport {
        var statuses: [Mechanism: EnforcementReport.Status] = [:]
        for mechanism in Mechanism.allCases { statuses[mechanism] = .enforced }
        let namespaces: [Mechanism] = [
            .userNamespace, .mountNamespace, .pidNamespace, .privateProc, .networkNamespace, .ipcNamespace,
            .utsNamespace, .cgroupNamespace,
        ]
        if level == .filtered {
            for mechanism in namespaces { statuses[mechanism] = .unavailable(reason: "refused here") }
        }
        if level == .noproc { statuses[.privateProc] = .unavailable(reason: "refused here") }
        return EnforcementReport(
            level: level,
            statuses: statuses.merging(others) { $1 },
            reducedPromises: reduced,
            landlockABI: 7
        )
    }

    /// The operator's report on a machine where just this was found out.
    static func diagnose(
        _ report: EnforcementReport?,
        _ facts: MachineFacts,
        required: SandboxSettings.Level = .automatic,
        failure: String? = nil
    ) -> ProtectionReport {
        let attempts = failure.map { [SandboxDiagnosis.Attempt(level: .full, failure: $0)] } ?? []
        return ProtectionReport(
            SandboxDiagnosis(required: required, attempts: attempts, report: report),
            backend: .native,
            machine: facts
        )
    }

    /// The advice for one layer.
    static func advice(
        _ mechanism: Mechanism,
        _ report: EnforcementReport?,
        _ facts: MachineFacts,
        required: SandboxSettings.Level = .automatic,
        failure: String? = nil
    ) -> Advice? {
        diagnose(report, facts, required: required, failure: failure).layers.first {
            $0.name == mechanism.rawValue
        }?.advice
    }
}
