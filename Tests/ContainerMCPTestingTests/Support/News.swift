// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Synchronization

@testable import ContainerMCPCore

/// Messages that came one way, in order; without what the host logs about each call.
final class News: Sendable {
    private struct State {
        var messages: [JSONValue] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var messages: [JSONValue] { state.withLock(\.messages) }

    /// The methods of the messages; an answer has none.
    var methods: [String] { messages.map { $0["method"]?.stringValue ?? "answer" } }

    func add(_ message: JSONValue) {
        guard !message.isCallLog else { return }
        let waiters = state.withLock { state in
            state.messages.append(message)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// A way back over which requests are answered.
    func route(isAnswerOnly: Bool = false, _ recording: WireRecording) -> MessageRoute {
        MessageRoute(isAnswerOnly: isAnswerOnly) { bytes in
            recording.server(bytes + [0x0A])
            if let message = try? JSONValue(parsing: bytes) { self.add(message) }
        }
    }

    /// Returns when so many messages have come.
    func reached(_ count: Int) async {
        while true {
            let present = messages.count
            guard present < count else { return }
            await changed(from: present)
        }
    }

    /// The first message of a kind; waits until it is there.
    func first(_ method: String) async -> JSONValue {
        await first { $0["method"]?.stringValue == method }
    }

    /// The first message that fits; waits until it is there.
    func first(where isWanted: @Sendable (JSONValue) -> Bool) async -> JSONValue {
        while true {
            let seen = messages
            if let message = seen.first(where: isWanted) { return message }
            await changed(from: seen.count)
        }
    }

    private func changed(from count: Int) async {
        await withCheckedContinuation { continuation in
            let isChanged = state.withLock { state in
                guard state.messages.count == count else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isChanged { continuation.resume() }
        }
    }
}
