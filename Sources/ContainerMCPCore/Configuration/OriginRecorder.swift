// SPDX-License-Identifier: Apache-2.0

import Configuration
import Synchronization

/// Notes which place answered; it keeps no value.
final class OriginRecorder: AccessReporter {
    private let names: [String: SettingOrigin]
    private let origins = Mutex<[String: SettingOrigin]>([:])

    init(names: [String: SettingOrigin]) {
        self.names = names
    }

    func report(_ event: AccessEvent) {
        let answered = event.providerResults.last { result in
            if case .success(let lookup) = result.result { lookup.value != nil } else { false }
        }
        guard let answered, let origin = names[answered.providerName] else { return }
        origins.withLock { $0[event.metadata.key.components.joined()] = origin }
    }

    func last(_ name: String) -> SettingOrigin? {
        origins.withLock { $0[name] }
    }
}
