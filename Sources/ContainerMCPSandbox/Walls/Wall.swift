// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// The outer wall: a helper that was checked, and how the launcher is started behind it.
struct Wall: Sendable {
    let backend: SandboxBackend
    let helper: HelperFile
    let version: HelperVersion

    /// Finds a backend's helper and checks it and its version.
    ///
    /// Blocks, ten seconds at most.
    ///
    /// - Returns: Nil for the backend that needs none.
    /// - Throws: ``SandboxError`` with code `unavailable` that says what is wrong with the helper.
    static func find(_ backend: SandboxBackend, helper: HelperFile? = nil) throws(SandboxError) -> Wall? {
        guard let name = backend.program else { return nil }
        let helper = if let helper { helper } else { try HelperFile.find(name) }
        let version = try helper.version(as: name)
        try HelperFlaw.check(version, of: backend)
        return Wall(backend: backend, helper: helper, version: version)
    }

    /// Starts a launcher behind it.
    ///
    /// - Parameters:
    ///   - contents: What is in sight there.
    ///   - level: The level that the launcher will be asked for.
    ///   - socket: The launcher's end of its socket.
    ///   - errors: Where the helper's messages go.
    /// - Returns: The helper's process id.
    /// - Throws: ``SandboxError`` with code `setUpFailed` when the helper is gone, changed or can't be started.
    func start(
        _ contents: WallContents,
        level: SandboxLevel,
        socket: Int32,
        errors: Int32
    ) throws(SandboxError) -> Int32 {
        try helper.checkUnchanged()
        let isRoot = geteuid() == 0
        let arguments =
            switch backend {
            case .native:
                [String]()
            case .bubblewrap:
                contents.bubblewrapArguments(level: level, isRoot: isRoot, isSetUserID: helper.isSetUserID)
            case .firejail:
                contents.firejailArguments(isRoot: isRoot)
            }
        let command = [contents.program, CMCP_WALLED_ARGUMENT]
        return try helper.start(
            [backend.program ?? ""] + arguments + command,
            errors: errors,
            socket: socket
        )
    }

    /// The namespaces that the wall must have brought.
    private func required(at level: SandboxLevel) -> Set<Mechanism> {
        let all: Set<Mechanism> = [
            .mountNamespace, .pidNamespace, .networkNamespace, .ipcNamespace, .utsNamespace,
        ]
        return backend == .bubblewrap && level == .noproc ? all.subtracting([.pidNamespace]) : all
    }

    /// Looks whether there is a wall at all.
    ///
    /// - Throws: ``SandboxError`` with code `unavailable` when the helper left something out.
    func check(_ findings: WallFindings, level: SandboxLevel) throws(SandboxError) {
        let missing = Mechanism.allCases.filter {
            required(at: level).contains($0) && !findings.separated.contains($0)
        }
        guard !missing.isEmpty else { return }
        if findings.separated.isDisjoint(with: required(at: level)) {
            throw SandboxError(
                .unavailable,
                """
                \(backend.rawValue) started the program without any wall: it found itself inside another sandbox or a \
                container, where it does nothing. Use SANDBOX_BACKEND=native
                """
            )
        }
        throw SandboxError(
            .unavailable,
            "\(backend.rawValue) built a wall without \(missing.map(\.rawValue).joined(separator: ", "))"
        )
    }

    /// What the report says about it.
    func report(_ findings: WallFindings) -> EnforcementReport.OuterWall {
        let status: EnforcementReport.Status =
            switch backend {
            case .firejail:
                .partial(missing: "the machine's system folders stay in sight of the launcher, read-only")
            case .bubblewrap where !findings.separated.contains(.pidNamespace):
                .partial(
                    missing: "the wall has no pid namespace, as no /proc can be mounted; each call has one"
                )
            default:
                .enforced
            }
        return EnforcementReport.OuterWall(backend: backend, version: version.description, status: status)
    }
}
