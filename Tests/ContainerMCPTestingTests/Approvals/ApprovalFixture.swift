// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Synchronization

@testable import ContainerMCPCore

/// A service whose policy asks before a guarded tool opens what begins with `ask`, and before `rm` runs.
struct ApprovalFixture {
    let fixture: ServiceFixture
    let audit: TemporaryAudit
    let record = GuardedTool.Record()
    let clock = Moment()

    /// A moment that a test moves.
    final class Moment: Sendable {
        private let moment = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { moment.withLock(\.self) }

        func advance(_ time: Duration) {
            moment.withLock { $0 += time }
        }
    }

    init(
        _ runner: ScriptedRunner = ScriptedRunner(.ends(.success)),
        taskSupport: TaskSupport = .never,
        then: @escaping @Sendable (CallContext) async throws(ToolError) -> Void = {
            _ async throws(ToolError) in
        }
    ) async throws {
        audit = try await TemporaryAudit()
        var tool = GuardedTool(record)
        tool.then = then
        tool.taskSupport = taskSupport
        let clock = clock
        fixture = ServiceFixture(
            try HostFixture(
                runner,
                audit: audit.log,
                further: [tool],
                rules: [GrantingRule(), AskingRule()],
                now: { clock.now }
            )
        )
    }

    /// The decisions and answers in the audit log, with how each call ended.
    func decisions() throws -> [String] {
        try audit.lines().map { line in
            let words = [line["decision"], line["attributes"]?["approval"], line["outcome"]]
            return words.map { $0?.stringValue ?? "-" }.joined(separator: " ")
        }
    }

    static func open(_ thing: String) -> JSONObject {
        ["name": "guarded", "arguments": ["thing": .string(thing)]]
    }
}

extension StatelessClient {
    /// Calls the guarded tool.
    func open(_ thing: String, _ decision: String? = nil, _ asked: JSONValue? = nil) async -> JSONValue {
        let key = asked?.asked.first ?? ""
        return await call(
            "guarded",
            ["thing": .string(thing)],
            responses: decision.map { [key: .object(.decided($0))] },
            state: asked?.state
        )
    }
}
