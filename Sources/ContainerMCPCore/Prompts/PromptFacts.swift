// SPDX-License-Identifier: Apache-2.0

/// What the prompts have to know about a server to tell a model what works there.
public struct PromptFacts: Sendable {
    /// Which programs `system_run_command` starts.
    public enum Commands: Sendable, Equatable {
        /// The tool is not offered.
        case notOffered
        /// All that are installed (`COMMAND_RESTRICTED=false`).
        case all
        /// Those that are listed and installed.
        case listed([String])
    }

    /// Which programs `system_run_command` starts.
    public var commands: Commands
    /// Whether `system_run_python` is offered.
    public var hasPython: Bool
    /// The manager behind the file tools; nil where they are not offered.
    public var files: ManagerSource<SandboxFileManager>?
    /// The endings that files may have (`FILE_ALLOWED_EXTENSIONS`), in lower case without the dot.
    public var allowedEndings: Set<String>
    /// The longest time of one command or one run of Python.
    public var longestRun: Duration

    /// Makes facts.
    ///
    /// - Parameters:
    ///   - commands: Which programs `system_run_command` starts.
    ///   - hasPython: Whether `system_run_python` is offered.
    ///   - files: The manager behind the file tools; nil where they are not offered.
    ///   - allowedEndings: The endings that files may have, in lower case without the dot.
    ///   - longestRun: The longest time of one run.
    public init(
        commands: Commands,
        hasPython: Bool,
        files: ManagerSource<SandboxFileManager>?,
        allowedEndings: Set<String>,
        longestRun: Duration = .seconds(120)
    ) {
        self.commands = commands
        self.hasPython = hasPython
        self.files = files
        self.allowedEndings = allowedEndings
        self.longestRun = longestRun
    }

    /// Whether a listed program can be started, or any.
    func offersCommand(_ name: String) -> Bool {
        switch commands {
        case .notOffered: false
        case .all: true
        case .listed(let names): names.contains(name)
        }
    }

    /// The programs by name; none where all may be started, or none.
    var commandNames: [String] {
        if case .listed(let names) = commands { names.sorted() } else { [] }
    }

    var offersCommands: Bool { commands != .notOffered }
    /// Something is there that can work on a file.
    var offersRuns: Bool { offersCommands || hasPython }

    // MARK: Words

    /// What holds for everything that runs here, a line for each fact.
    var surroundings: String {
        var lines: [String] = []
        switch commands {
        case .notOffered:
            break
        case .all:
            lines.append("system_run_command runs bash with every program that is installed.")
        case .listed(let names):
            let programs =
                names.isEmpty ? "none; only what bash itself can do" : names.joined(separator: ", ")
            lines.append(
                "system_run_command runs bash with pipes, loops and functions. Programs there: \(programs). Others can't run."
            )
        }
        if hasPython {
            lines.append(
                "system_run_python runs Python 3 with its standard library only; the value of `_` at the end is returned."
            )
        }
        if files != nil {
            let endings = allowedEndings.sorted().map { "." + $0 }.joined(separator: ", ")
            lines.append(
                "file_read, file_write, file_list, file_move and file_delete work on files ending in: "
                    + (endings.isEmpty ? "none" : endings) + "."
            )
        }
        lines.append(
            "All share one workspace: paths are relative to it (/workspace for programs); /data can be read, not written."
        )
        if offersRuns {
            lines.append(
                "There is no network, nothing can be installed, and a run ends after \(longestRun.components.seconds) s at most."
            )
        }
        return lines.map { "- " + $0 }.joined(separator: "\n")
    }

    /// The paths that begin with a text; none where the file tools are not offered.
    func paths(for text: String, in context: CallContext) async throws(ToolError) -> [String] {
        guard let files else { return [] }
        return try await files.use(for: context.caller) { files async throws(ToolError) in
            try await PathCompletion(files: files, endings: allowedEndings).values(for: text, in: context)
        }
    }
}
