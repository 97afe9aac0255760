// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import Logging
import NIOPosix
import Synchronization

/// The tokens that the operator wrote down; those in a file are read again when it changes.
final class StaticTokens: Sendable {
    private struct State {
        var list: BearerTokenList
        var version: FileVersion?
    }

    private let path: String?
    private let logger: Logger
    private let state: Mutex<State>

    /// Makes the check.
    ///
    /// - Parameters:
    ///   - tokens: The tokens of the start.
    ///   - path: Where they were read from.
    ///   - logger: Hears of changes.
    init(_ tokens: [BearerToken], path: String?, logger: Logger) {
        self.path = path
        self.logger = logger
        // What changed between the reading of the settings and now is noticed at the first look.
        state = Mutex(State(list: BearerTokenList(tokens)))
    }

    /// What a token proves.
    func check(_ token: String) -> TokenVerdict {
        guard let subject = state.withLock({ $0.list }).subject(of: token) else { return .refused(.unknown) }
        return .accepted(Subject(id: subject, isAuthenticated: true))
    }

    /// How often the file is looked at.
    static let interval = Duration.seconds(2)

    /// Looks after the file until the task is cancelled.
    func keepUp() async {
        guard path != nil else { return }
        repeat {
            // It is a disk that may hang, not the threads that serve.
            try? await NIOThreadPool.singleton.runIfActive { self.reload() }
        } while (try? await Task.sleep(for: Self.interval)) != nil
    }

    /// Reads the file if it is another than at the last look; one that can't be used changes nothing.
    func reload() {
        guard let path else { return }
        let version = FileVersion(path)
        guard version != state.withLock({ $0.version }) else { return }
        do throws(BearerTokenFile.Failure) {
            let list = BearerTokenList(try BearerTokenFile.read(path))
            let isFirst = state.withLock { state in
                defer { (state.list, state.version) = (list, version) }
                return state.version == nil
            }
            if !isFirst { logger.notice("MCP_AUTH_TOKEN_FILE changed; its tokens are in force") }
        } catch {
            state.withLock { $0.version = version }
            logger.error("MCP_AUTH_TOKEN_FILE changed and \(error.reason). The tokens before stay in force.")
        }
    }
}
