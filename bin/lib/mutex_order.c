// SPDX-License-Identifier: Apache-2.0
// Tells the thread sanitizer about Swift's Mutex, so that it reports races and only races.
//
// Synchronization.Mutex takes and leaves a contended lock inside libswiftSynchronization.so by a futex of the kernel. The
// library is not instrumented, so the sanitizer sees no order between one holder and the next and reports a race for all
// that the lock guards. Preloaded, these functions stand before the library's own and say what they do. Uncontended locks
// are atomic operations in the tested program itself, which the sanitizer sees.
#include <dlfcn.h>
#include <stdint.h>

// Part of the sanitizer's runtime in the tested program; absent in a program that is not instrumented.
void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

// Swift passes self in a register of its own, for which clang has this calling convention.
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void lock_function(uint32_t thread, SELF);
typedef SWIFT _Bool try_lock_function(SELF);
typedef SWIFT void unlock_function(SELF);

static lock_function *real_lock;
static try_lock_function *real_try_lock;
static unlock_function *real_unlock;

static void find_real(void) __attribute__((constructor));
static void find_real(void) {
    real_lock = (lock_function *)dlsym(RTLD_NEXT, LOCK);
    real_try_lock = (try_lock_function *)dlsym(RTLD_NEXT, TRY_LOCK);
    real_unlock = (unlock_function *)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void lock_slow(uint32_t thread, SELF) {
    real_lock(thread, self);
    if (__tsan_acquire != 0) {
        __tsan_acquire(self);
    }
}

SWIFT _Bool try_lock_slow(SELF) __asm__(TRY_LOCK);
SWIFT _Bool try_lock_slow(SELF) {
    _Bool taken = real_try_lock(self);
    if (taken && __tsan_acquire != 0) {
        __tsan_acquire(self);
    }
    return taken;
}

SWIFT void unlock_slow(SELF) __asm__(UNLOCK);
SWIFT void unlock_slow(SELF) {
    if (__tsan_release != 0) {
        __tsan_release(self);
    }
    real_unlock(self);
}
