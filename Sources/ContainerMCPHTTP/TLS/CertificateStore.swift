// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import Logging
import NIOPosix
import NIOSSL
import Synchronization

/// The certificate in force; a renewed one takes its place without a restart.
final class CertificateStore: Sendable {
    private struct State {
        var context: NIOSSLContext
        var versions: [FileVersion]
    }

    /// How often the files are looked at.
    static let interval = Duration.seconds(60)

    private let files: CertificateFiles
    private let logger: Logger
    private let now: @Sendable () -> Double
    private let state: Mutex<State>

    /// Reads the files.
    ///
    /// - Parameters:
    ///   - files: Where certificate and key are.
    ///   - logger: Hears of warnings and of renewals.
    ///   - now: Seconds since 1970.
    /// - Throws: ``CertificateFault`` where they can't be used.
    init(
        _ files: CertificateFiles,
        logger: Logger,
        now: @escaping @Sendable () -> Double = AccessTokenCheck.time
    ) throws(CertificateFault) {
        self.files = files
        self.logger = logger
        self.now = now
        let versions = files.versions
        let loaded = try files.load(now: now())
        for warning in loaded.warnings { logger.warning("\(warning)") }
        state = Mutex(State(context: loaded.context, versions: versions))
    }

    /// What new connections are made with.
    var context: NIOSSLContext { state.withLock(\.context) }

    /// Looks after the files until the task is cancelled.
    func keepUp() async {
        while (try? await Task.sleep(for: Self.interval)) != nil {
            // It is a disk that may hang, not the threads that serve.
            try? await NIOThreadPool.singleton.runIfActive { self.reload() }
        }
    }

    /// Reads the files if they are others than at the last look; what can't be used changes nothing.
    func reload() {
        let versions = files.versions
        guard versions != state.withLock({ $0.versions }) else { return }
        do throws(CertificateFault) {
            let loaded = try files.load(now: now())
            state.withLock { $0 = State(context: loaded.context, versions: versions) }
            for warning in loaded.warnings { logger.warning("\(warning)") }
            logger.notice("MCP_TLS_CERT changed; new connections use the new certificate")
        } catch {
            state.withLock { $0.versions = versions }
            logger.error("\(error.description) The certificate before stays in force.")
        }
    }
}
