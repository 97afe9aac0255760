// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// SIGTERM and SIGINT as an event that can be awaited.
///
/// They are blocked in every thread and taken by one thread of their own, so that no work of the program ever runs
/// inside a signal handler.
public struct StopSignals: Sendable {
    /// Blocks the signals in the calling thread and in all it will start.
    ///
    /// Call first thing in `main`.
    public static func block() {
        var signals = set()
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Calls the handler at the first signal; a second one ends the process at once.
    ///
    /// - Parameter handler: Called on a thread that waits for signals.
    public static func onFirst(_ handler: @escaping @Sendable () -> Void) {
        let box = Box(handler)
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(box).toOpaque()
        let error = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                let box = unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue()
                var signals = StopSignals.set()
                var number: Int32 = 0
                while unsafe sigwait(&signals, &number) != 0 {}
                box.handler()
                while unsafe sigwait(&signals, &number) != 0 {}
                _exit(128 + number)
            },
            context
        )
        if error == 0 {
            pthread_detach(thread)
        } else {
            unsafe Unmanaged<Box>.fromOpaque(context).release()
        }
    }

    private static func set() -> sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe sigaddset(&signals, SIGINT)
        return signals
    }

    private final class Box: Sendable {
        let handler: @Sendable () -> Void

        init(_ handler: @escaping @Sendable () -> Void) {
            self.handler = handler
        }
    }
}
