// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The talks of the tasks that run, by the identifiers of the tasks.
final class TaskTalks: Sendable {
    private let talks = Mutex<[String: TaskTalk]>([:])

    func talk(of id: String) -> TaskTalk? {
        talks.withLock { $0[id] }
    }

    func add(_ talk: TaskTalk, for id: String) {
        talks.withLock { $0[id] = talk }
    }

    func remove(_ id: String) {
        talks.withLock { $0[id] = nil }
    }
}
