// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// SIGTERM and SIGINT as an event, for programs that end cleanly.
public enum StopSignal {
    /// Calls the handler at the first of these signals; one that comes a second later ends the
    /// process at once.
    ///
    /// For one handler in a process. The handler runs on a thread of its own, not inside a signal handler.
    ///
    /// - Parameter handler: What begins the end.
    /// - Throws: ``SandboxError`` with code `exhausted`.
    public static func onFirst(_ handler: @escaping @Sendable () -> Void) throws(SandboxError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe cmcp_pipe(&ends, 0, 1) == 0 else { throw .exhausted("a pipe", errno) }
        let order = unsafe Unmanaged.passRetained(Order(pipe: ends[0], handler: handler)).toOpaque()
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Order>.fromOpaque(context).takeRetainedValue().wait()
                return nil
            },
            order
        )
        guard error == 0 else {
            unsafe Unmanaged<Order>.fromOpaque(order).release()
            throw .exhausted("a thread", error)
        }
        pthread_detach(thread)
        guard cmcp_catch_stop_signals(ends[1]) == 0 else { throw .exhausted("a signal handler", errno) }
    }

    private final class Order: Sendable {
        let pipe: Int32
        let handler: @Sendable () -> Void

        init(pipe: Int32, handler: @escaping @Sendable () -> Void) {
            self.pipe = pipe
            self.handler = handler
        }

        func wait() {
            cmcp_block_signals()
            guard next() != nil else { return }
            handler()
            // Some supervisors send the first one twice, to the process and to its group.
            let first = ContinuousClock.now
            while let number = next() {
                if first.duration(to: .now) > .seconds(1) { _exit(128 + Int32(number)) }
            }
        }

        private func next() -> UInt8? {
            var byte: UInt8 = 0
            while true {
                let got = unsafe read(pipe, &byte, 1)
                if got == 1 { return byte }
                guard got < 0, errno == EINTR else { return nil }
            }
        }
    }
}
