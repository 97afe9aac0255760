// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import ContainerMCPSandbox
internal import Synchronization

/// Tells a client what a program prints while it runs, as progress messages.
///
/// What comes at once is sent at once, what comes fast is gathered: at most ten messages a second, each of at most 4 KiB
/// of text. Of a flood the newest text is told, with a mark for what was left out; the result holds the rest.
final class LiveOutput: Sendable {
    private struct State {
        var total = 0
        var pending: [UInt8] = []
        var skipped = 0
        var lastTold: ContinuousClock.Instant?
        var isArmed = false
        var isOver = false
    }

    private static let interval = Duration.milliseconds(100)
    private static let mostBytes = 4_096

    private let context: CallContext
    private let state = Mutex(State())

    /// Makes one for a call; nil where its client did not ask for progress.
    init?(_ context: CallContext) {
        guard context.wantsProgress else { return nil }
        self.context = context
    }

    /// What a manager tells its output to.
    var listener: @Sendable (ProcessRequest.Stream, [UInt8]) -> Void {
        { _, bytes in self.take(bytes) }
    }

    /// Takes what a stream brought; called on the reactor's thread.
    private func take(_ bytes: [UInt8]) {
        let now = ContinuousClock.now
        let action: Action = state.withLock { state in
            guard !state.isOver else { return .none }
            state.total += bytes.count
            state.pending.append(contentsOf: bytes.suffix(Self.mostBytes))
            state.skipped += max(0, bytes.count - Self.mostBytes)
            let over = state.pending.count - Self.mostBytes
            if over > 0 {
                state.pending.removeFirst(over)
                state.skipped += over
            }
            guard !state.isArmed else { return .none }
            let due = (state.lastTold ?? now - Self.interval) + Self.interval
            guard due > now else {
                return Self.message(&state, now, isLast: false).map { .tell($0) } ?? .none
            }
            state.isArmed = true
            return .wait(due - now)
        }
        switch action {
        case .none: break
        case .tell(let update): context.progress(update.progress, message: update.message)
        case .wait(let time):
            // Ends within a tenth of a second, also where the call has ended.
            Task {
                try? await Task.sleep(for: time)
                self.flush(isLast: false)
            }
        }
    }

    /// Tells what is left; nothing is told after it.
    func finish() {
        flush(isLast: true)
    }

    private enum Action {
        case none
        case tell(ProgressUpdate)
        case wait(Duration)
    }

    private func flush(isLast: Bool) {
        let update = state.withLock { state -> ProgressUpdate? in
            state.isArmed = false
            guard !state.isOver else { return nil }
            if isLast { state.isOver = true }
            return Self.message(&state, .now, isLast: isLast)
        }
        if let update { context.progress(update.progress, message: update.message) }
    }

    private static func message(_ state: inout State, _ now: ContinuousClock.Instant, isLast: Bool)
        -> ProgressUpdate?
    {
        // A character that is not complete yet waits for its rest.
        let end = isLast ? state.pending.count : CapturedOutput.endOfWholeCharacters(state.pending)
        guard end > 0 else { return nil }
        let mark = state.skipped > 0 ? "[… \(state.skipped) bytes left out …]\n" : ""
        let text = mark + String(decoding: state.pending[..<end], as: UTF8.self)
        state.pending.removeFirst(end)
        state.skipped = 0
        state.lastTold = now
        return ProgressUpdate(Double(state.total - state.pending.count), message: text)
    }
}
