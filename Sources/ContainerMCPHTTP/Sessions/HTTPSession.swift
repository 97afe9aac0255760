// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import Synchronization

/// A conversation that outlives single requests and connections.
final class HTTPSession: Sendable {
    /// How a client speaks in it.
    enum Kind: Sendable, Equatable {
        /// `/sse` and `/messages`.
        case channel
        /// `/mcp` before 2026-07-28.
        case streamable
    }

    private struct State {
        var isOver = false
        /// The stream of a channel.
        var stream: EventStream?
        var lastWork: UInt64 = 0
        var work: [UInt64: Task<Void, Never>] = [:]
    }

    let id: SessionID
    let kind: Kind
    let subject: Subject
    let server: ChannelServer
    /// The streams of `/mcp`.
    let streams: SessionStreams
    private let grace: Duration
    private let state = Mutex(State())

    init(
        id: SessionID,
        kind: Kind,
        subject: Subject,
        server: ChannelServer,
        storage: EventStorage,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.id = id
        self.kind = kind
        self.subject = subject
        self.server = server
        streams = SessionStreams(storage: storage, now: now)
        grace = storage.limits.grace
    }

    /// Whether the client can be sent away to come back for the rest (MCP 2025-11-25, SSE polling).
    var canPoll: Bool {
        get async { await server.revision == .v20251125 }
    }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// Makes a stream the one of a channel.
    ///
    /// - Returns: Nil if there is one already or the session is over.
    func attach(_ make: () -> EventStream) -> EventStream? {
        state.withLock { state in
            guard !state.isOver, state.stream == nil else { return nil }
            let made = make()
            state.stream = made
            return made
        }
    }

    /// Sends what belongs to no request.
    func send(_ message: [UInt8]) async {
        switch kind {
        case .channel: await state.withLock { $0.stream }?.send(message: message)
        case .streamable: await streams.general.append(message)
        }
    }

    /// Does work of the session, which goes on when the connection that asked for it is gone.
    ///
    /// - Returns: The work, or nil if the session is over.
    func perform(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never>? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            state.lastWork &+= 1
            let number = state.lastWork
            let task = Task {
                await body()
                self.state.withLock { $0.work[number] = nil }
            }
            state.work[number] = task
            return task
        }
    }

    /// Gives up what is in flight, waits until its processes are gone, and ends the streams.
    ///
    /// - Parameter comesBack: Whether clients that can are told when to come back.
    func close(comesBack: Bool = false) async {
        let (stream, work) = state.withLock { state in
            state.isOver = true
            defer { state.stream = nil }
            return (state.stream, state.work)
        }
        // First of all, because a writer may be waiting for a reader.
        let canPoll = await canPoll
        streams.end(comesBack: comesBack && canPoll)
        await endChannel(stream)
        for task in work.values { await task.value }
    }

    /// Gives up what is in flight; on a channel there is something to say about that, to a reader that may
    /// take nothing any more.
    private func endChannel(_ stream: EventStream?) async {
        guard let stream else { return await server.cancelAll() }
        let timeout = Task { [grace] in
            // A cancelled sleep means that the last word is out.
            guard (try? await Task.sleep(for: grace)) != nil else { return }
            stream.drop()
        }
        await server.cancelAll()
        timeout.cancel()
        stream.end()
    }
}
