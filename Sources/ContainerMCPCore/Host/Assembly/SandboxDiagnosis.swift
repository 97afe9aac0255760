// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox
internal import Glibc
public import Logging

/// What protection a machine gives, found out by starting sandboxes as a server would.
public struct SandboxDiagnosis: Sendable, Equatable {
    /// One level that was tried.
    public struct Attempt: Sendable, Equatable {
        /// The level.
        public let level: SandboxLevel
        /// Why it can't be had; nil for the one that was reached.
        public let failure: String?
    }

    /// What the settings ask for (`SANDBOX_LEVEL`).
    public let required: SandboxSettings.Level
    /// The levels that were tried, in order; the last one may have been reached.
    public let attempts: [Attempt]
    /// What the kernel confirmed at the level that was reached; nil where none can be had.
    public let report: EnforcementReport?

    /// Whether a server with these settings would start.
    public var isSufficient: Bool {
        guard let report else { return false }
        return required == .automatic || required.rawValue == report.level.rawValue
    }

    /// Tries the level that the settings ask for, then the others, until one can be had.
    ///
    /// Where the workspace does not exist yet, throw-away folders beside it stand in for it, so nothing stays behind.
    ///
    /// - Parameters:
    ///   - settings: Checked settings.
    ///   - logger: Where details go.
    /// - Returns: What was found out.
    /// - Throws: ``ServerStartFailure`` with code `failed` for a folder or a program that can't be used.
    public static func run(
        _ settings: Settings,
        logger: Logger
    ) async throws(ServerStartFailure) -> SandboxDiagnosis {
        var settings = settings
        var folders: TestModeFolders?
        do throws(ToolError) {
            if settings.isTestMode {
                folders = try TestModeFolders()
            } else if !exists(settings.sandbox.root) {
                folders = try TestModeFolders(in: nearestFolder(of: settings.sandbox.root))
            }
        } catch {
            throw ServerStartFailure(.failed, "\(error.message) (\(error.cause ?? ""))")
        }
        if let folders { settings = settings.using(folders) }
        do throws(ServerStartFailure) {
            let diagnosis = try await examine(settings, logger)
            remove(folders, logger)
            return diagnosis
        } catch {
            remove(folders, logger)
            throw error
        }
    }

    private static func examine(
        _ settings: Settings,
        _ logger: Logger
    ) async throws(ServerStartFailure) -> SandboxDiagnosis {
        let required = settings.sandbox.level
        let strongestFirst: [SandboxSettings.Level] = [.full, .noproc, .filtered]
        let wanted =
            required == .automatic ? strongestFirst : [required] + strongestFirst.filter { $0 != required }
        var attempts: [Attempt] = []
        for level in wanted {
            guard let reached = SandboxLevel(rawValue: level.rawValue) else { continue }
            var trial = settings
            trial.sandbox.level = level
            let factory = SandboxFactory(settings: trial, logger: logger)
            do throws(SandboxError) {
                try ServerProcess.harden()
                let base = try await ServerBase(factory)
                await base.sandbox.stop()
                base.remove()
                attempts.append(Attempt(level: reached, failure: nil))
                return SandboxDiagnosis(required: required, attempts: attempts, report: base.sandbox.report)
            } catch {
                guard error.code == .unavailable else { throw ServerStartFailure(.failed, error.message) }
                attempts.append(Attempt(level: reached, failure: reason(error.message, reached)))
            }
        }
        return SandboxDiagnosis(required: required, attempts: attempts, report: nil)
    }

    /// The message without the name of the level that it begins with.
    private static func reason(_ message: String, _ level: SandboxLevel) -> String {
        let prefix = "\(level.rawValue): "
        return message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
    }

    private static func exists(_ path: String) -> Bool {
        var info = stat()
        return unsafe lstat(path, &info) == 0
    }

    /// The nearest folder above a path that is there.
    private static func nearestFolder(of path: String) -> String {
        var parts = path.split(separator: "/")
        while !parts.isEmpty {
            parts.removeLast()
            let parent = "/" + parts.joined(separator: "/")
            if exists(parent) { return parent }
        }
        return "/"
    }

    private static func remove(_ folders: TestModeFolders?, _ logger: Logger) {
        do throws(ToolError) {
            try folders?.remove()
        } catch {
            logger.warning("\(error.message)", metadata: ["cause": "\(error.cause ?? "")"])
        }
    }
}
