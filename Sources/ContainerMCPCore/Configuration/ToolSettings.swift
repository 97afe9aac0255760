// SPDX-License-Identifier: Apache-2.0

/// Which tools are offered, and the rules beside these settings.
public struct ToolSettings: Sendable, Equatable {
    /// `TOOLS_ENABLE_SYSTEM`.
    public var offersSystem: Bool
    /// `TOOLS_ENABLE_FILE`.
    public var offersFiles: Bool
    /// `TOOLS_ENABLE_WEB`.
    public var offersWeb: Bool
    /// `POLICY_FILE`: absolute path.
    public var policyFile: String?
    /// `TASK_TIMEOUT_MAX`: 1 s to 1 day.
    public var taskTimeoutMaximum: Duration
    /// `TASK_STORE_DIR`: absolute path; nil keeps tasks in memory.
    public var taskStore: String?
    /// `TASK_GRACE`.
    public var taskGrace: Duration
    /// `TASK_MAX_KEPT`.
    public var tasksKept: Int
}
