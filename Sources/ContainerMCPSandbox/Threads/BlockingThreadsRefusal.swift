// SPDX-License-Identifier: Apache-2.0

/// Why a job was not run by ``BlockingThreads``.
public enum BlockingThreadsRefusal: Error, Hashable, Sendable {
    /// All threads and all waiting places were taken, or the wait for a thread was over.
    case busy
    /// The task that waited for a thread was cancelled.
    case cancelled
    /// The threads have been told to end.
    case shutDown
}
