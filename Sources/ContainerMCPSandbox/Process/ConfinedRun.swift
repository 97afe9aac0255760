// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// One running program: its pipes, its timers, and the one way it ends.
///
/// Sendable because it lives on the reactor's thread; others only submit jobs there.
final class ConfinedRun: ReactorHandler, @unchecked Sendable {
    typealias Completion = @Sendable (Result<ProcessOutcome, SandboxError>) -> Void

    private static let memoryInterval = Duration.milliseconds(50)
    private static let drainTime = Duration.milliseconds(500)
    private static let killTime = Duration.seconds(2)
    private static let chunk = 65_536

    /// The kind of child.
    private(set) var kind: UInt32 = 0
    private let request: ProcessRequest
    private let link: LauncherLink
    private let reactor: Reactor
    private let completion: Completion
    private let started = ContinuousClock.now
    private var supervisor: Supervisor?
    private var readers: [Int32: Reader] = [:]
    private var writers: [Int32: InputWriter] = [:]
    private var output: CapturedOutput
    private var error: CapturedOutput
    private var result: [UInt8]? = nil
    private var timers: [UInt64] = []
    private var forced: ProcessOutcome.Ending?
    private var natural: ProcessOutcome.Ending?
    private var cpu = Duration.zero
    private var peak = 0
    private var processesAreGone = false
    private var hasHungUp = false
    private var failure: SandboxError?
    private var isFinished = false
    private var process: Int32?
    private var memoryLooks: UInt = 0
    private var resultBytes = 0

    private enum Target {
        case stream(ProcessRequest.Stream)
        case result
    }

    private struct Reader {
        let descriptor: Descriptor
        let target: Target
        var saved = SavedText()
    }

    init(request: ProcessRequest, link: LauncherLink, reactor: Reactor, completion: @escaping Completion) {
        self.request = request
        self.link = link
        self.reactor = reactor
        self.completion = completion
        output = CapturedOutput(limit: request.limits.keptOutput)
        error = CapturedOutput(limit: request.limits.keptOutput)
        if request.resultLimit != nil { result = [] }
    }

    /// Starts the program.
    ///
    /// On the reactor's thread.
    func begin(view: UInt32) {
        kind = view
        // Given up before it began: nothing runs.
        guard forced == nil else { return finish() }
        do throws(SandboxError) {
            // A parked supervisor may have died unseen; then another takes its place, and nothing has run yet.
            for attempt in 1...3 {
                let candidate = try link.supervisor(for: view)
                supervisor = candidate
                if try hand(to: candidate) { break }
                supervisor = nil
                link.retire(candidate)
                if attempt == 3 { throw SandboxError(.launcherLost, "no supervisor takes the call") }
            }
        } catch {
            failure = error
            return finish()
        }
        supervisor?.onEvent = { [weak self] in self?.handle($0) }
        schedule(after: request.limits.time) { $0.end(.timedOut) }
        if !isBoundByKernel { watchMemory() }
    }

    private func hand(to supervisor: Supervisor) throws(SandboxError) -> Bool {
        try supervisor.group?.limit(memory: request.limits.memory, processes: request.limits.processes)
        // Opened for each call: flags and locks of an open file would be something that calls share.
        guard let nothing = Descriptor.open("/dev/null", O_RDONLY) else {
            throw .exhausted("/dev/null", errno)
        }
        let outputPipe = try Descriptor.pipe(serverReads: true)
        let errorPipe = try Descriptor.pipe(serverReads: true)
        var passed = [nothing, outputPipe.child, errorPipe.child]
        var newReaders = [
            Reader(descriptor: outputPipe.server, target: .stream(.output)),
            Reader(descriptor: errorPipe.server, target: .stream(.error)),
        ]
        var newWriters: [InputWriter] = []
        if let input = request.input {
            let pipe = try Descriptor.pipe(serverReads: false)
            passed[0] = pipe.child
            newWriters.append(InputWriter(descriptor: pipe.server, bytes: input))
        }
        if request.resultLimit != nil {
            let pipe = try Descriptor.pipe(serverReads: true)
            passed.append(pipe.child)
            newReaders.append(Reader(descriptor: pipe.server, target: .result))
            if let payload = request.payload {
                let pipe = try Descriptor.pipe(serverReads: false)
                passed.append(pipe.child)
                newWriters.append(InputWriter(descriptor: pipe.server, bytes: payload))
            }
        }
        let sent = withExtendedLifetime(passed) {
            supervisor.send(encodedRequest(supervisor), passed.map(\.number))
        }
        guard sent else {
            if errno == EMSGSIZE { throw SandboxError(.programFailed, "the command line is too long") }
            return false
        }
        for reader in newReaders {
            guard reactor.watch(reader.descriptor.number, readable: true, writable: false, self) else {
                throw .exhausted("an epoll entry", errno)
            }
            readers[reader.descriptor.number] = reader
        }
        for writer in newWriters {
            guard reactor.watch(writer.descriptor.number, readable: false, writable: true, self) else {
                throw .exhausted("an epoll entry", errno)
            }
            writers[writer.descriptor.number] = writer
        }
        return true
    }

    private func encodedRequest(_ supervisor: Supervisor) -> [UInt8] {
        let limits = request.limits
        var writer = WireWriter(CMCP_REQUEST_RUN)
        writer.write(request.program)
        writer.write(request.directory)
        writer.write(UInt64(clamping: limits.memory))
        // The supervisor itself counts in the call's user namespace; without one, so does all that the user runs.
        let others = supervisor.countsForUser.map { UserProcesses.count(of: $0) } ?? 1
        // Where the user's processes all count, calls beside this one need room as well; what this one may have is
        // then seen to by the look at its tree.
        let room = UInt64(clamping: limits.processes) * (supervisor.countsForUser == nil ? 1 : 4)
        writer.write(room + UInt64(clamping: others))
        writer.write(UInt64(clamping: limits.openFiles))
        writer.write(UInt64(clamping: limits.fileSize))
        writer.write(UInt64(clamping: limits.time.components.seconds) + 2)
        writer.write(UInt64(2 << 20))
        writer.write(UInt32(clamping: request.arguments.count))
        for argument in request.arguments { writer.write(argument) }
        let environment = request.environment.map { entry in
            guard let folder = supervisor.privateFolder, entry.hasPrefix("TMPDIR=") else { return entry }
            return "TMPDIR=\(folder)"
        }
        writer.write(UInt32(clamping: environment.count))
        for entry in environment { writer.write(entry) }
        return writer.bytes
    }

    /// Ends the call before its time: every process is killed, and this is the reason that is reported.
    func end(_ reason: ProcessOutcome.Ending) {
        guard !isFinished, natural == nil, forced == nil else { return }
        forced = reason
        supervisor?.kill()
        schedule(after: Self.killTime) { run in
            run.supervisor?.killItself()
            run.finish()
        }
    }

    private func schedule(after delay: Duration, _ body: @escaping @Sendable (ConfinedRun) -> Void) {
        timers.append(
            reactor.schedule(after: delay) { [weak self] in
                guard let self, !self.isFinished else { return }
                body(self)
            }
        )
    }

    private func handle(_ event: Supervisor.Event) {
        switch event {
        case .ready, .probed:
            return
        case .failed(let error):
            failure = error
            processesAreGone = true
        case .exited(let status, let hasOthers, let cpu, let peakMemory):
            natural = ending(of: status, cpu: cpu)
            self.cpu = cpu
            peak = peakMemory
            processesAreGone = processesAreGone || !hasOthers
            schedule(after: Self.killTime) { $0.finish() }
        case .hungUp:
            hasHungUp = true
            if natural == nil, supervisor?.group?.isOutOfMemory == true {
                // The kernel ended the whole group, the supervisor with it, and nobody was left to report.
                natural = .limit(.memory)
                peak = request.limits.memory
                schedule(after: Self.killTime) { $0.finish() }
            }
            if natural == nil, forced == nil, failure == nil {
                failure = SandboxError(.launcherLost, "the call's supervisor ended unexpectedly")
                // Whoever ended it may have done so by the group, which is spoiled by that.
                supervisor?.group?.kill()
            }
        case .gone:
            processesAreGone = true
            schedule(after: Self.drainTime) { $0.finish() }
        }
        finishIfOver()
    }

    private func ending(of status: Int32, cpu: Duration) -> ProcessOutcome.Ending {
        if cmcp_status_exited(status) != 0 { return .exited(cmcp_status_code(status)) }
        let signal = cmcp_status_signal(status)
        if signal == SIGKILL, supervisor?.group?.isOutOfMemory == true { return .limit(.memory) }
        if signal == SIGXFSZ { return .limit(.fileSize) }
        if signal == SIGXCPU || (signal == SIGKILL && cpu >= request.limits.time) { return .timedOut }
        return .signalled(signal)
    }

    private func finishIfOver() {
        if failure != nil, processesAreGone || hasHungUp { return finish() }
        let outputIsOver = readers.isEmpty
        if processesAreGone, outputIsOver, natural != nil || forced != nil { finish() }
    }

    private func finish() {
        guard !isFinished else { return }
        isFinished = true
        for timer in timers { reactor.cancel(timer) }
        for reader in readers.values { reactor.unwatch(reader.descriptor.number) }
        for writer in writers.values { reactor.unwatch(writer.descriptor.number) }
        readers = [:]
        writers = [:]
        if let supervisor {
            let view = supervisor.view
            link.retire(supervisor)
            let link = link
            reactor.schedule(after: .milliseconds(1)) { link.park(view) }
        }
        supervisor = nil
        if let failure, forced == nil {
            return completion(.failure(failure))
        }
        let outcome = ProcessOutcome(
            ending: forced ?? natural ?? .signalled(SIGKILL),
            output: output,
            error: error,
            result: result,
            duration: started.duration(to: .now),
            cpuTime: cpu,
            peakMemory: peak,
        )
        completion(.success(outcome))
    }

    /// The process above those of the call, in the server's pid namespace.
    func rootProcess() -> Int32? {
        if process == nil { process = supervisor?.processID() }
        return process
    }

    /// Whether the call sees a root of its own.
    var hasOwnRoot: Bool { link.level.hasOwnRoot }

    /// Who its processes are.
    var childOwner: ChildIdentity { link.childOwner }

    /// The bytes of the longest file that the call can make.
    var largestFile: Int { request.limits.fileSize }

    /// At level `filtered`: the folder of this call alone.
    var privateFolder: String? { supervisor?.privateFolder }

    /// Whether the kernel itself bounds what the looks at the tree are for.
    private var isBoundByKernel: Bool {
        guard let group = supervisor?.group, group.limitsMemory else { return false }
        return link.level.hasOwnRoot || group.limitsProcesses
    }

    private func checkMemory() {
        let limit = request.limits.memory
        memoryLooks &+= 1
        // Descriptors are looked at each fifth time, which is within the 250 ms that a kill may take.
        if let process = rootProcess() {
            let tree = TreeMemory.tree(below: process)
            let countsSockets = memoryLooks % 5 == 0
            let isTooMuch = ChildSight.with(childOwner) {
                let held = TreeMemory.bytes(of: tree.processes, limit: limit, countsSockets: countsSockets)
                guard held <= limit, countsSockets, link.level.hasOwnRoot else { return held > limit }
                return LocalSocketMemory.bytes(of: tree.processes, room: limit - held) > limit - held
            }
            guard !isTooMuch else { return end(.limit(.memory)) }
            // With a user namespace the kernel itself counts for each call.
            let isCounted = link.level.hasOwnRoot || supervisor?.group?.limitsProcesses == true
            if !isCounted, link.level != .none, tree.threads > request.limits.processes {
                return end(.limit(.processes))
            }
        }
        watchMemory()
    }

    /// Not among the timers that are cancelled: it comes often, and finds nobody when the run is over.
    private func watchMemory() {
        reactor.schedule(after: Self.memoryInterval) { [weak self] in
            guard let self, !self.isFinished else { return }
            self.checkMemory()
        }
    }

    func isReady(_ descriptor: Int32, readable: Bool, writable: Bool) {
        if readers[descriptor] != nil {
            read(from: descriptor)
        } else if writers[descriptor] != nil {
            write(to: descriptor)
        }
    }

    private func read(from number: Int32) {
        // A few chunks at a time, so that a flood on one pipe leaves the others their turn.
        for _ in 0..<4 {
            var failure: Int32 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, count in
                let got = unsafe Glibc.read(number, buffer.baseAddress, Self.chunk)
                failure = got < 0 ? errno : 0
                count = max(0, got)
            }
            if failure == EAGAIN || failure == EINTR { return }
            guard !bytes.isEmpty else {
                reactor.unwatch(number)
                readers[number] = nil
                return finishIfOver()
            }
            take(bytes, from: number)
            if isFinished { return }
        }
    }

    private func take(_ bytes: [UInt8], from number: Int32) {
        guard let target = readers[number]?.target else { return }
        switch target {
        case .result:
            // A flood on this channel ends as one on the others does.
            resultBytes += bytes.count
            if resultBytes > request.limits.totalOutput { end(.limit(.output)) }
            guard let held = result, let limit = request.resultLimit else { return }
            result = held.count + bytes.count <= limit ? held + bytes : nil
        case .stream(let stream):
            switch stream {
            case .output: keep(bytes, of: stream, in: &output, from: number)
            case .error: keep(bytes, of: stream, in: &error, from: number)
            }
            request.onOutput?(stream, bytes)
            if output.total + error.total > request.limits.totalOutput { end(.limit(.output)) }
        }
    }

    /// Keeps what fits, and where more comes, saves the whole text.
    private func keep(
        _ bytes: [UInt8],
        of stream: ProcessRequest.Stream,
        in captured: inout CapturedOutput,
        from number: Int32
    ) {
        if captured.total + bytes.count > request.limits.keptOutput, let open = request.openSavedOutput {
            readers[number]?.saved.add(bytes, to: &captured, upTo: request.limits.savedOutput) {
                open(stream)
            }
        }
        captured.append(bytes[...])
    }

    private func write(to number: Int32) {
        guard writers[number]?.advance() == true else { return }
        reactor.unwatch(number)
        writers[number] = nil
    }
}
