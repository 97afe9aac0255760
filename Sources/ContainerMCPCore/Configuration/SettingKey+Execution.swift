// SPDX-License-Identifier: Apache-2.0

extension SettingKey {
    static let enablesSystem = SettingKey(
        "TOOLS_ENABLE_SYSTEM",
        .boolean,
        default: "true",
        visible: .value,
        in: .tools,
        "Offers the tools that run commands and Python and show settings."
    )
    static let enablesFiles = SettingKey(
        "TOOLS_ENABLE_FILE",
        .boolean,
        default: "true",
        visible: .value,
        in: .tools,
        "Offers the file tools."
    )
    static let enablesWeb = SettingKey(
        "TOOLS_ENABLE_WEB",
        .boolean,
        default: "true",
        visible: .value,
        in: .tools,
        "Offers the web tools."
    )
    static let policyFile = SettingKey(
        "POLICY_FILE",
        .file,
        in: .tools,
        "YAML file with rules that refine what these settings allow."
    )
    static let taskTimeoutMaximum = SettingKey(
        "TASK_TIMEOUT_MAX",
        .integer(1...86_400, .seconds),
        default: "3600",
        in: .tools,
        "Longest time that a background task may run."
    )
    static let taskStore = SettingKey(
        "TASK_STORE_DIR",
        .folder,
        derived: "tasks are kept in memory",
        in: .tools,
        "Folder that keeps the results of background tasks over a restart."
    )

    static let taskGrace = SettingKey(
        "TASK_GRACE",
        .integer(1...600, .seconds),
        default: "5",
        in: .tools,
        "Time after which a command or Python goes on as a task, for clients that can follow one."
    )
    static let taskRunning = SettingKey(
        "TASK_MAX_RUNNING",
        .integer(1...64, .count),
        default: "2",
        in: .tools,
        "Tasks that run at once; they take places of EXEC_MAX_RUNNING."
    )
    static let tasksKept = SettingKey(
        "TASK_MAX_KEPT",
        .integer(1...10_000, .count),
        default: "256",
        in: .tools,
        "Tasks that are kept in all, ended ones included."
    )

    static let toolKeys: [SettingKey] = [
        enablesSystem, enablesFiles, enablesWeb, policyFile, taskTimeoutMaximum, taskStore, taskGrace,
        taskRunning,
        tasksKept,
    ]

    static let sandboxRoot = SettingKey(
        "SANDBOX_ROOT",
        .folder,
        default: "sandbox",
        visible: .fixed("/workspace"),
        in: .sandbox,
        "Folder that callers work in; children see it as /workspace."
    )
    static let dataFolder = SettingKey(
        "DATA_DIR",
        .folder,
        default: "data",
        visible: .fixed("/data"),
        in: .sandbox,
        "Folder that callers may read; children see it as /data."
    )
    static let tempFolder = SettingKey(
        "TEMP_DIR",
        .folder,
        default: "temp",
        visible: .fixed("/tmp"),
        in: .sandbox,
        "Folder for short-lived files; each call gets a part of its own as /tmp."
    )
    static let sandboxLevel = SettingKey(
        "SANDBOX_LEVEL",
        .choice(["auto", "full", "noproc", "filtered", "none"]),
        default: "auto",
        visible: .value,
        in: .sandbox,
        "Protection that must be there; auto takes the strongest that works. "
            + "none needs the flag --unsafe-no-sandbox."
    )
    static let sandboxBackend = SettingKey(
        "SANDBOX_BACKEND",
        .choice(["native", "bubblewrap", "firejail"]),
        default: "native",
        visible: .value,
        in: .sandbox,
        "What builds the outer wall of the sandbox."
    )
    static let commandRestricted = SettingKey(
        "COMMAND_RESTRICTED",
        .boolean,
        default: "true",
        visible: .value,
        in: .sandbox,
        "Children can run only the programs of BASH_ALLOWED_COMMANDS."
    )
    static let workspaceExec = SettingKey(
        "WORKSPACE_EXEC",
        .boolean,
        default: "false",
        visible: .value,
        in: .sandbox,
        "Lets programs in the workspace run."
    )
    static let workspaceScope = SettingKey(
        "WORKSPACE_SCOPE",
        .choice(["shared", "subject", "session"]),
        default: "shared",
        derived: "subject when OAuth is on",
        visible: .value,
        in: .sandbox,
        "Who shares a workspace: everyone, the calls of one subject, or the calls of one session."
    )
    static let maxProcesses = SettingKey(
        "SANDBOX_MAX_PROCESSES",
        .integer(1...4_096, .count),
        default: "64",
        in: .sandbox,
        "Processes and threads of a call."
    )
    static let maxOpenFiles = SettingKey(
        "SANDBOX_MAX_FILES",
        .integer(16...65_536, .count),
        default: "256",
        in: .sandbox,
        "Descriptors that a child may have open."
    )
    static let tmpSize = SettingKey(
        "SANDBOX_TMP_MB",
        .integer(1...16_384, .megabytes),
        default: "64",
        in: .sandbox,
        "Size of the /tmp of a call."
    )
    static let workspaceSize = SettingKey(
        "WORKSPACE_MAX_MB",
        .integer(1...1_048_576, .megabytes),
        default: "1024",
        in: .sandbox,
        "Size of a workspace in all."
    )
    static let workspaceNames = SettingKey(
        "WORKSPACE_MAX_NAMES",
        .integer(1...10_000_000, .count),
        default: "50000",
        in: .sandbox,
        "Files and folders of a workspace in all."
    )

    static let testMode = SettingKey(
        "CMCP_TEST_MODE",
        .boolean,
        default: "false",
        visible: .value,
        in: .sandbox,
        "Runs with throw-away folders in place of SANDBOX_ROOT, DATA_DIR, TEMP_DIR, LOG_DIR and AUDIT_LOG."
    )

    static let sandboxKeys: [SettingKey] = [
        sandboxRoot, dataFolder, tempFolder, sandboxLevel, sandboxBackend, commandRestricted, workspaceExec,
        workspaceScope, maxProcesses, maxOpenFiles, tmpSize, workspaceSize, workspaceNames, testMode,
    ]

    static let bashCommands = SettingKey(
        "BASH_ALLOWED_COMMANDS",
        .list(.program),
        default: "ls,cat,grep,find,echo,pwd,mkdir,touch",
        visible: .value,
        in: .bash,
        "Programs that commands may run, besides what bash has built in."
    )
    static let bashTimeout = SettingKey(
        "BASH_TIMEOUT_DEFAULT",
        .integer(1...3_600, .seconds),
        default: "30",
        derived: "at most BASH_TIMEOUT_MAX",
        visible: .value,
        in: .bash,
        "Time limit of a command that asks for none."
    )
    static let bashTimeoutMaximum = SettingKey(
        "BASH_TIMEOUT_MAX",
        .integer(1...3_600, .seconds),
        default: "120",
        visible: .value,
        in: .bash,
        "Longest time limit that a command may ask for."
    )
    static let bashMemory = SettingKey(
        "BASH_MEMORY_LIMIT",
        .integer(16...1_048_576, .megabytes),
        default: "512",
        visible: .value,
        in: .bash,
        "Memory of each process of a command, and of all of them together."
    )

    static let bashKeys: [SettingKey] = [bashCommands, bashTimeout, bashTimeoutMaximum, bashMemory]

    static let pythonExecutable = SettingKey(
        "PYTHON_EXECUTABLE",
        .file,
        derived:
            "newest of python3.14 to python3.11 and python3 in /usr/local/bin and /usr/bin: an ELF file, "
            + "owned by root, not writable by its group",
        visible: .value,
        in: .python,
        "Python interpreter."
    )
    static let pythonTimeout = SettingKey(
        "PYTHON_TIMEOUT_DEFAULT",
        .integer(1...3_600, .seconds),
        default: "30",
        derived: "at most PYTHON_TIMEOUT_MAX",
        visible: .value,
        in: .python,
        "Time limit of code that asks for none."
    )
    static let pythonTimeoutMaximum = SettingKey(
        "PYTHON_TIMEOUT_MAX",
        .integer(1...3_600, .seconds),
        default: "120",
        visible: .value,
        in: .python,
        "Longest time limit that code may ask for."
    )
    static let pythonMemory = SettingKey(
        "PYTHON_MEMORY_LIMIT",
        .integer(32...1_048_576, .megabytes),
        default: "256",
        visible: .value,
        in: .python,
        "Memory of each process of a run, and of all of them together."
    )
    static let pythonIsolation = SettingKey(
        "PYTHON_ISOLATION",
        .choice(["zygote", "fresh"]),
        default: "zygote",
        in: .python,
        "Forks prepared interpreters, or starts a fresh one with its own address layout for each run. This version starts a fresh one either way."
    )

    static let pythonKeys: [SettingKey] = [
        pythonExecutable, pythonTimeout, pythonTimeoutMaximum, pythonMemory, pythonIsolation,
    ]
}
