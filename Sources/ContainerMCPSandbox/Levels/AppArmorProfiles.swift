// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux

/// The AppArmor profiles of a sandbox's kinds of children: which are wanted, and what the launcher found.
struct AppArmorProfiles: Sendable {
    /// The command that loads the project's profiles.
    private static let loading = "sudo bin/apparmor load"

    /// Whether the kernel enforces AppArmor at all.
    static var isInKernel: Bool {
        HostPath.read("/sys/module/apparmor/parameters/enabled", limit: 8)?.first == UInt8(ascii: "Y")
    }

    /// The profile that each kind names.
    let wanted: [UInt32: String]
    /// What became of it (`cmcp_profile_state`).
    var found: [UInt32: UInt32] = [:]

    /// The profiles that every call of a kind gets, by kind.
    var enforced: [UInt32: String] {
        wanted.filter { found[$0.key] == CMCP_PROFILE_ENFORCED.rawValue }
    }

    /// Whether all children have their profile, and if not, why.
    var status: EnforcementReport.Status {
        guard !wanted.isEmpty else { return .unavailable(reason: "no profile is wanted") }
        guard Self.isInKernel else { return .unavailable(reason: "not in this kernel, or turned off") }
        let missing = wanted.filter { found[$0.key] != CMCP_PROFILE_ENFORCED.rawValue }
        guard !missing.isEmpty else { return .enforced }
        let reasons = missing.sorted { $0.key < $1.key }.map { kind, profile in
            "\(profile): \(Self.reason(found[kind] ?? 0))"
        }
        let text = reasons.joined(separator: "; ")
        return missing.count == wanted.count ? .unavailable(reason: text) : .partial(missing: text)
    }

    private static func reason(_ state: UInt32) -> String {
        switch state {
        case CMCP_PROFILE_NOT_LOADED.rawValue: "not loaded; \(loading)"
        case CMCP_PROFILE_REFUSED.rawValue:
            "the profile that the server runs under does not let it be stacked"
        case CMCP_PROFILE_UNCONFIRMED.rawValue: "the kernel does not enforce it (complain mode?)"
        default: "this kernel can't stack profiles"
        }
    }
}
