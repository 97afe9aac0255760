// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Lets one thread sleep until others have something for it.
///
/// Sendable because `sem_post(3)` and `sem_wait(3)` may be called from any thread at once, and the memory
/// lives as long as this object.
@safe
final class WakeSignal: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe semaphore.initialize(to: sem_t())
        unsafe sem_init(semaphore, 0, 0)
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    /// Wakes the sleeper, or spares it the next sleep.
    func post() {
        unsafe sem_post(semaphore)
    }

    /// Sleeps until there was a post for it.
    func wait() {
        while unsafe sem_wait(semaphore) != 0, errno == EINTR {}
    }
}
