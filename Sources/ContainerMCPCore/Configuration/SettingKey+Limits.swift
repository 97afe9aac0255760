// SPDX-License-Identifier: Apache-2.0

extension SettingKey {
    static let execRunning = SettingKey(
        "EXEC_MAX_RUNNING",
        .integer(1...256, .count),
        default: "4",
        in: .limits,
        "Commands and Python runs at once."
    )
    static let execWaiting = SettingKey(
        "EXEC_MAX_WAITING",
        .integer(0...4_096, .count),
        default: "32",
        in: .limits,
        "Commands and Python runs that wait for a place; 0 refuses at once."
    )
    static let fileRunning = SettingKey(
        "FILE_MAX_RUNNING",
        .integer(1...256, .count),
        default: "16",
        in: .limits,
        "File calls at once."
    )
    static let fileWaiting = SettingKey(
        "FILE_MAX_WAITING",
        .integer(0...4_096, .count),
        default: "64",
        in: .limits,
        "File calls that wait for a place; 0 refuses at once."
    )
    static let webRunning = SettingKey(
        "WEB_MAX_RUNNING",
        .integer(1...256, .count),
        default: "4",
        in: .limits,
        "Web calls at once."
    )
    static let webWaiting = SettingKey(
        "WEB_MAX_WAITING",
        .integer(0...4_096, .count),
        default: "16",
        in: .limits,
        "Web calls that wait for a place; 0 refuses at once."
    )
    static let sessionRunning = SettingKey(
        "SESSION_MAX_RUNNING",
        .integer(1...256, .count),
        default: "8",
        in: .limits,
        "Calls of one session at once; the next waits its turn."
    )
    static let outputKept = SettingKey(
        "OUTPUT_MAX_KB",
        .integer(1...16_384, .kilobytes),
        default: "1024",
        in: .limits,
        "Output kept of each stream of a call."
    )
    static let outputKilled = SettingKey(
        "OUTPUT_KILL_MB",
        .integer(1...4_096, .megabytes),
        default: "256",
        in: .limits,
        "Output of a call at which it is killed."
    )
    static let requestSize = SettingKey(
        "REQUEST_MAX_MB",
        .integer(1...256, .megabytes),
        default: "32",
        in: .limits,
        "Largest request."
    )
    static let replySize = SettingKey(
        "REPLY_MAX_MB",
        .integer(1...1_024, .megabytes),
        default: "64",
        in: .limits,
        "Largest reply."
    )
    static let sessions = SettingKey(
        "SESSION_MAX",
        .integer(1...65_536, .count),
        default: "1024",
        in: .limits,
        "Sessions at once; new ones are refused beyond."
    )
    static let sessionIdle = SettingKey(
        "SESSION_IDLE_MINUTES",
        .integer(1...10_080, .minutes),
        default: "30",
        in: .limits,
        "Time without a request after which a session ends."
    )
    static let connections = SettingKey(
        "CONNECTION_MAX",
        .integer(1...65_536, .count),
        default: "1024",
        in: .limits,
        "Connections at once."
    )

    static let limitKeys: [SettingKey] = [
        execRunning, execWaiting, fileRunning, fileWaiting, webRunning, webWaiting, sessionRunning,
        outputKept,
        outputKilled, requestSize, replySize, sessions, sessionIdle, connections,
    ]
}
