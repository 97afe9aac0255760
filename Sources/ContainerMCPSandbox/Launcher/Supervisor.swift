// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// The server's end of one supervisor: the process that sets up one child's confinement and watches over it.
///
/// Lives on the reactor's thread.
final class Supervisor: ReactorHandler {
    enum Event {
        /// Everything is set up.
        case ready(layers: UInt32, landlockABI: UInt32)
        /// A step failed; nothing runs.
        case failed(SandboxError)
        /// The program ended. `hasOthers` says whether processes of the call may still be going away.
        case exited(status: Int32, hasOthers: Bool, cpu: Duration, peakMemory: Int)
        /// The answer to a probe.
        case probed(breaches: UInt32, confirmed: UInt32)
        /// The supervisor hung up.
        case hungUp
        /// Supervisor and, with a pid namespace, all of the call's processes are gone.
        case gone
    }

    /// How long a supervisor may sweep after the reply.
    private static let sweepTime = Duration.seconds(10)

    let control: Descriptor
    let view: UInt32
    /// At level `filtered`: the folder of this call alone.
    let privateFolder: String?
    /// The control group of this call alone, where groups are used, until it is given back.
    private(set) var group: CallGroup?
    private(set) var pidfd: Descriptor?
    private var hasFailed = false
    private var isGone = false
    private let reactor: Reactor
    private var mustKill = false
    private var early: [Event] = []
    /// Who is told; what came before is told at once.
    var onEvent: ((Event) -> Void)? {
        didSet {
            guard let onEvent else { return }
            let events = early
            early = []
            for event in events { onEvent(event) }
        }
    }

    /// The user whose processes all count together, where there is no user namespace.
    var countsForUser: UInt32?

    /// Whether a call can still be given to it.
    var isUsable: Bool { !isGone && !hasHungUp && !hasFailed }

    init(control: Descriptor, view: UInt32, privateFolder: String?, group: CallGroup?, reactor: Reactor) {
        self.control = control
        self.view = view
        self.privateFolder = privateFolder
        self.group = group
        self.reactor = reactor
    }

    func adopt(_ pidfd: Descriptor) {
        self.pidfd = pidfd
        if !reactor.watch(pidfd.number, readable: true, writable: false, self) {
            // Without the watch its end would go unseen: it is ended now, and the control socket tells.
            mustKill = true
        }
        if mustKill { kill() }
    }

    /// Ends every process of the call.
    func kill() {
        mustKill = true
        shutdown(control.number, Int32(SHUT_WR))
        group?.kill()
        // One that sweeps has to run for that, whoever stopped it.
        if let pidfd { cmcp_pidfd_signal(pidfd.number, privateFolder == nil ? SIGKILL : SIGCONT) }
    }

    /// Ends a supervisor that is an init, and with it what is left in its pid namespace.
    ///
    /// One that sweeps is left to it at first: on a machine under load that may take longer than the reply can wait. Then
    /// it is ended, too, and the launcher sweeps what is left.
    func killItself() {
        guard let pidfd else { return }
        cmcp_pidfd_signal(pidfd.number, privateFolder == nil ? SIGKILL : SIGCONT)
        guard privateFolder != nil else { return }
        // The descriptor stands for this process also when it is gone.
        reactor.schedule(after: Self.sweepTime) { cmcp_pidfd_signal(pidfd.number, SIGKILL) }
    }

    /// The process id in the server's pid namespace, for /proc.
    func processID() -> Int32? {
        guard let pidfd, let info = HostPath.read("/proc/self/fdinfo/\(pidfd.number)", limit: 1024) else {
            return nil
        }
        for line in String(decoding: info, as: UTF8.self).split(separator: "\n") where line.hasPrefix("Pid:")
        {
            guard let pid = Int32(line.dropFirst(4).trimmed), pid > 0 else { return nil }
            return pid
        }
        return nil
    }

    func send(_ bytes: [UInt8], _ descriptors: [Int32]) -> Bool {
        let sent = unsafe cmcp_send(control.number, bytes, bytes.count, descriptors, Int32(descriptors.count))
        return sent == bytes.count
    }

    /// Lets go of the group: the caller gives it back.
    func takeGroup() -> CallGroup? {
        defer { group = nil }
        return group
    }

    func release() {
        onEvent = nil
        reactor.unwatch(control.number)
        if let pidfd { reactor.unwatch(pidfd.number) }
    }

    func isReady(_ descriptor: Int32, readable: Bool, writable: Bool) {
        guard descriptor == control.number else {
            isGone = true
            if let pidfd { reactor.unwatch(pidfd.number) }
            // What it still had to say comes first.
            drain()
            tell(.gone)
            return
        }
        drain()
    }

    private var hasHungUp = false

    private func drain() {
        while !hasHungUp {
            guard let message = LauncherConnection.receive(from: control) else {
                guard errno != EAGAIN else { return }
                return hangUp()
            }
            guard !message.bytes.isEmpty else { return hangUp() }
            if let event = decode(message.bytes) { tell(event) }
        }
    }

    private func hangUp() {
        hasHungUp = true
        reactor.unwatch(control.number)
        tell(.hungUp)
    }

    private func tell(_ event: Event) {
        if let onEvent { onEvent(event) } else { early.append(event) }
    }

    private func decode(_ bytes: [UInt8]) -> Event? {
        var reader = WireReader(bytes[...])
        switch reader.readUInt32() {
        case CMCP_REPLY_READY.rawValue:
            guard let layers = reader.readUInt32(), let abi = reader.readUInt32() else { return nil }
            return .ready(layers: layers, landlockABI: abi)
        case CMCP_REPLY_FAILED.rawValue:
            hasFailed = true
            let step = reader.readUInt32() ?? 0
            return .failed(.failedStep(step, Int32(truncatingIfNeeded: reader.readUInt32() ?? 0)))
        case CMCP_REPLY_EXITED.rawValue:
            guard let status = reader.readUInt32(), let others = reader.readUInt32(),
                let user = reader.readUInt64(),
                let system = reader.readUInt64(), let peak = reader.readUInt64()
            else { return nil }
            return .exited(
                status: Int32(bitPattern: status),
                hasOthers: others != 0,
                cpu: .microseconds(Int64(clamping: user)) + .microseconds(Int64(clamping: system)),
                peakMemory: Int(clamping: peak) * 1024,
            )
        case CMCP_REPLY_PROBED.rawValue:
            guard let breaches = reader.readUInt32(), let confirmed = reader.readUInt32() else { return nil }
            return .probed(breaches: breaches, confirmed: confirmed)
        default:
            return nil
        }
    }
}

extension Substring {
    /// Without blanks at its ends.
    var trimmed: Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let head = drop(while: isBlank)
        guard let last = head.lastIndex(where: { !isBlank($0) }) else { return head.prefix(0) }
        return head[...last]
    }
}
