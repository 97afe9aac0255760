// SPDX-License-Identifier: Apache-2.0

/// How much at once, and how large.
public struct LimitSettings: Sendable, Equatable {
    /// Places for one kind of call.
    public struct Places: Sendable, Equatable {
        /// Calls at once, at least 1.
        public var running: Int
        /// Calls that wait for a place; 0 refuses at once.
        public var waiting: Int

        /// Makes a pair of limits.
        public init(running: Int, waiting: Int) {
            self.running = running
            self.waiting = waiting
        }
    }

    /// `EXEC_MAX_RUNNING` and `EXEC_MAX_WAITING`.
    public var exec: Places
    /// `FILE_MAX_RUNNING` and `FILE_MAX_WAITING`.
    public var files: Places
    /// `WEB_MAX_RUNNING` and `WEB_MAX_WAITING`.
    public var web: Places
    /// `SESSION_MAX_RUNNING`.
    public var sessionRunning: Int
    /// `TASK_MAX_RUNNING`: of the places of ``exec``, how many calls in the background may hold.
    public var backgroundRunning: Int
    /// `OUTPUT_MAX_KB`, in bytes, for each stream.
    public var outputBytes: Int
    /// `OUTPUT_KILL_MB`, in bytes.
    public var outputKillBytes: Int
    /// `REQUEST_MAX_MB`, in bytes.
    public var requestBytes: Int
    /// `REPLY_MAX_MB`, in bytes.
    public var replyBytes: Int
    /// `SESSION_MAX`.
    public var sessions: Int
    /// `SESSION_IDLE_MINUTES`.
    public var sessionIdle: Duration
    /// `CONNECTION_MAX`.
    public var connections: Int

    /// Makes limits for an embedding program; the defaults are those of the settings.
    public init(
        exec: Places = Places(running: 4, waiting: 32),
        files: Places = Places(running: 16, waiting: 64),
        web: Places = Places(running: 4, waiting: 16),
        sessionRunning: Int = 8,
        backgroundRunning: Int = 2,
        outputBytes: Int = 1 << 20,
        outputKillBytes: Int = 256 << 20,
        requestBytes: Int = 32 << 20,
        replyBytes: Int = 64 << 20,
        sessions: Int = 1024,
        sessionIdle: Duration = .seconds(1800),
        connections: Int = 1024
    ) {
        self.exec = exec
        self.files = files
        self.web = web
        self.sessionRunning = sessionRunning
        self.backgroundRunning = backgroundRunning
        self.outputBytes = outputBytes
        self.outputKillBytes = outputKillBytes
        self.requestBytes = requestBytes
        self.replyBytes = replyBytes
        self.sessions = sessions
        self.sessionIdle = sessionIdle
        self.connections = connections
    }
}
