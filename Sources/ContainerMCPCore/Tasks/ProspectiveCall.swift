// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Synchronization

/// A call that may become a job while it runs.
///
/// Until then it belongs to its request: cancelling the task that waits for it ends the work, and what it has to ask
/// is asked in the way of the request. From then on connections do not matter, it asks through the job, and its handler
/// is run again with the answers.
final class ProspectiveCall: Sendable {
    /// When a call leaves its request.
    enum Departure: Sendable, Equatable {
        case never
        /// Before the work begins.
        case atOnce
        /// When this has passed since the request arrived, waits for a place included.
        case after(Duration)
        /// When the work says so; see ``ProspectiveCall/detach()``.
        case onDetach
    }

    /// What the request is answered with.
    enum Ending: Sendable {
        case answered(CallAnswer<ToolResult>)
        /// The call goes on as a job. A handle that can't be written must be cancelled; see ``JobHandle/cancel()``.
        case adopted(JobHandle)
        /// The call can only be a job, and there is no room for one.
        case refused(JSONRPCError)
    }

    /// One pass of the handler; it is told what was answered so far.
    typealias Pass = @Sendable (_ rounds: CallRounds, _ call: ProspectiveCall) async -> CallAnswer<ToolResult>

    private enum Phase {
        case inline
        case adopting
        case adopted(JobHandle)
        case settled(CallAnswer<ToolResult>)
    }

    private enum Signal: Sendable {
        case settled(CallAnswer<ToolResult>)
        case leave
    }

    private struct State {
        var phase = Phase.inline
        /// Whether leaving was not refused yet.
        var mayLeave: Bool
        var wantsToLeave = false
        /// Whether nobody waits for the answer any more.
        var isGivenUp = false
        var isWorkCancelled = false
        var work: Task<Void, Never>?
        var caller: CheckedContinuation<Signal, Never>?
        /// Who waits for a decision about leaving.
        var undecided: [CheckedContinuation<Void, Never>] = []
    }

    private let departure: Departure
    private let isJobOnly: Bool
    private let arrived: ContinuousClock.Instant
    private let adopt: @Sendable () async throws(JSONRPCError) -> JobHandle
    private let refusal: @Sendable (ToolError) -> ToolResult
    private let sleep: @Sendable (ContinuousClock.Instant) async throws -> Void
    private let pass: Pass
    private let state: Mutex<State>

    /// Makes a call; nothing runs before ``ending(rounds:)``.
    ///
    /// - Parameters:
    ///   - departure: When it leaves its request.
    ///   - isJobOnly: Whether it is refused where it can't become a job, rather than run to its end in its request.
    ///   - arrived: When the request came.
    ///   - adopt: Makes the job.
    ///   - refusal: Words an error of the job's questions as a result.
    ///   - sleep: Waits until a moment.
    ///   - pass: One pass of the handler. Its task is cancelled to end it, and it returns when its processes are gone.
    init(
        leaving departure: Departure,
        isJobOnly: Bool = false,
        arrived: ContinuousClock.Instant,
        adopt: @escaping @Sendable () async throws(JSONRPCError) -> JobHandle,
        refusal: @escaping @Sendable (ToolError) -> ToolResult = { StoredOutcome.refusal($0.message) },
        sleep: @escaping @Sendable (ContinuousClock.Instant) async throws -> Void = {
            try await Task.sleep(until: $0, clock: .continuous)
        },
        pass: @escaping Pass
    ) {
        self.departure = departure
        self.isJobOnly = isJobOnly
        self.arrived = arrived
        self.adopt = adopt
        self.refusal = refusal
        self.sleep = sleep
        self.pass = pass
        state = Mutex(State(mayLeave: departure != .never))
    }

    /// The job, once there is one.
    var job: JobHandle? {
        state.withLock { state in
            if case .adopted(let handle) = state.phase { handle } else { nil }
        }
    }

    /// Lets the call leave its request now, and waits until that is decided.
    ///
    /// - Returns: Whether it is a job.
    func detach() async -> Bool {
        leave()
        while await awaitDecision() {}
        return job != nil
    }

    /// Runs the call until the request can be answered; to be called once.
    ///
    /// - Parameter rounds: What was answered in earlier requests.
    /// - Returns: What to answer. Where the calling task was cancelled before the call became a job, the work has ended
    ///   when this returns.
    func ending(rounds: CallRounds = CallRounds()) async -> Ending {
        await withTaskCancellationHandler {
            if departure == .atOnce {
                leave()
                if let refused = await tryToLeave(), isJobOnly { return .refused(refused) }
            }
            start(rounds)
            if let job { return .adopted(job) }
            return await endingOfStarted()
        } onCancel: {
            giveUp()
        }
    }

    private func endingOfStarted() async -> Ending {
        let timer: Task<Void, Never>? =
            if case .after(let grace) = departure {
                Task { [sleep, deadline = arrived.advanced(by: grace)] in
                    // A cancelled sleep means that the call ended in time.
                    guard (try? await sleep(deadline)) != nil else { return }
                    self.leave()
                }
            } else { nil }
        defer { timer?.cancel() }
        var refused: JSONRPCError?
        while true {
            switch await awaitSignal() {
            case .settled(let answer):
                return refused.map { .refused($0) } ?? .answered(answer)
            case .leave:
                let refusal = await tryToLeave()
                if let job { return .adopted(job) }
                guard let refusal, isJobOnly else { continue }
                refused = refusal
                cancelWork()
            }
        }
    }

    // MARK: Leaving

    private func leave() {
        let caller = state.withLock { state -> CheckedContinuation<Signal, Never>? in
            guard case .inline = state.phase, state.mayLeave else { return nil }
            // Nobody would follow a call that was given up.
            guard !state.isGivenUp else {
                state.mayLeave = false
                return nil
            }
            state.wantsToLeave = true
            defer { state.caller = nil }
            return state.caller
        }
        caller?.resume(returning: .leave)
    }

    /// Waits while it is not decided whether the call leaves.
    ///
    /// - Returns: Whether it waited, so that the state has to be looked at again.
    private func awaitDecision() async -> Bool {
        var hasWaited = false
        await withCheckedContinuation { continuation in
            let isDecided = state.withLock { state in
                switch state.phase {
                case .adopting: break
                case .inline where state.mayLeave && state.wantsToLeave: break
                default: return true
                }
                state.undecided.append(continuation)
                return false
            }
            hasWaited = !isDecided
            if isDecided { continuation.resume() }
        }
        return hasWaited
    }

    /// Makes the job; where that fails the call stays with its request for good.
    ///
    /// - Returns: Why there is no job; nil where there is one, or the call has ended or was given up.
    private func tryToLeave() async -> JSONRPCError? {
        let isAdopting = state.withLock { state in
            guard case .inline = state.phase, state.mayLeave, !state.isGivenUp else { return false }
            state.phase = .adopting
            return true
        }
        guard isAdopting else {
            decide { $0.mayLeave = false }
            return nil
        }
        do throws(JSONRPCError) {
            let handle = try await adopt()
            // Before anyone can end the job, or the work can finish it.
            handle.started { self.cancelWork() }
            var isAbandoned = false
            decide { state in
                isAbandoned = state.isGivenUp
                state.mayLeave = false
                state.phase = isAbandoned ? .inline : .adopted(handle)
            }
            guard isAbandoned else { return nil }
            await handle.cancel()
            await handle.finish(.cancelled)
            return nil
        } catch {
            decide { state in
                state.mayLeave = false
                state.phase = .inline
            }
            return error
        }
    }

    /// Changes the state; whoever waits for a decision looks at it again.
    private func decide(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            defer { state.undecided = [] }
            return state.undecided
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Waiting

    private func awaitSignal() async -> Signal {
        await withCheckedContinuation { continuation in
            let signal = state.withLock { state -> Signal? in
                if case .settled(let answer) = state.phase { return .settled(answer) }
                if state.wantsToLeave, state.mayLeave { return .leave }
                state.caller = continuation
                return nil
            }
            if let signal { continuation.resume(returning: signal) }
        }
    }

    private func giveUp() {
        let isOurs = state.withLock { state in
            if case .adopted = state.phase { return false }
            state.isGivenUp = true
            return true
        }
        if isOurs { cancelWork() }
    }

    // MARK: Work

    private func cancelWork() {
        let work = state.withLock { state in
            state.isWorkCancelled = true
            return state.work
        }
        work?.cancel()
    }

    /// Starts the work in a task of its own, since it may outlive the one that waits for it.
    private func start(_ rounds: CallRounds) {
        let work = Task { await self.work(rounds) }
        let isCancelled = state.withLock { state in
            state.work = work
            return state.isWorkCancelled
        }
        if isCancelled { work.cancel() }
    }

    private func work(_ rounds: CallRounds) async {
        var rounds = rounds
        while true {
            let answer = await pass(rounds, self)
            guard let handle = await settle(answer) else { return }
            switch answer {
            case .complete(let result): return await handle.finish(.result(result))
            case .failure(let error): return await handle.finish(.failure(error))
            case .inputRequired(let required):
                do throws(ToolError) {
                    for (key, given) in try await handle.ask(required.requests) {
                        rounds.answers[key] = CallRounds.Given(answer: given.raw, seal: nil)
                    }
                    rounds.state = required.state
                } catch {
                    return await handle.finish(
                        error.code == .cancelled ? .cancelled : .result(refusal(error))
                    )
                }
            }
        }
    }

    /// Gives the answer to the request.
    ///
    /// - Returns: The job whose answer it is instead, if there is one.
    private func settle(_ answer: CallAnswer<ToolResult>) async -> JobHandle? {
        while true {
            var caller: CheckedContinuation<Signal, Never>?
            var isAdopting = false
            decide { state in
                switch state.phase {
                case .adopting: isAdopting = true
                case .adopted, .settled: break
                case .inline:
                    state.phase = .settled(answer)
                    caller = state.caller
                    state.caller = nil
                }
            }
            caller?.resume(returning: .settled(answer))
            guard isAdopting else { return job }
            _ = await awaitDecision()
        }
    }
}
