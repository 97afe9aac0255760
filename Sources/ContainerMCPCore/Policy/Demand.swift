// SPDX-License-Identifier: Apache-2.0

/// One thing an action needs permission for.
public enum Demand: Sendable, Hashable {
    /// To give a command line to bash. Which programs it may start is asked for by further demands.
    ///
    /// `loadsBuiltins` is true for a line with `enable -f`.
    case runCommandLine(loadsBuiltins: Bool)
    /// To start a program: its name as it was written and, where that holds a `/`, the absolute path it means
    /// as the child sees it, without `.` and `..`.
    case runProgram(name: String, path: String?)
    /// To run Python code.
    case runPython
    /// To read a file.
    case readFile(SandboxPath)
    /// To create a file or replace its content.
    case writeFile(SandboxPath)
    /// To list a folder.
    case listFolder(SandboxPath)
    /// To delete a file or an empty folder.
    case deleteFile(SandboxPath)
    /// To take a file or a folder, with all it holds, away from where it is.
    case moveFrom(SandboxPath)
    /// To put a file or a folder, with all it holds, where it is moved to.
    case moveTo(SandboxPath)
    /// To see settings.
    case readVariables
    /// To see how the server does.
    case readHealth
    /// To fetch something from a host, given by its name or address in ASCII.
    case fetch(host: String)
    /// Something only an embedding program's own tool knows; `subject` says what it is done to.
    case other(verb: String, subject: String)

    /// The kind of effect the demand has.
    public var effect: Effect {
        switch self {
        case .runCommandLine, .runProgram, .runPython: .run
        case .readFile, .listFolder, .readVariables, .readHealth: .read
        case .writeFile, .moveTo: .write
        case .deleteFile, .moveFrom: .delete
        case .fetch: .fetch
        case .other: .other
        }
    }

    /// The file or folder the demand is about, if it is about one.
    public var path: SandboxPath? {
        switch self {
        case .readFile(let path), .writeFile(let path), .listFolder(let path), .deleteFile(let path),
            .moveFrom(let path), .moveTo(let path):
            path
        case .runCommandLine, .runProgram, .runPython, .readVariables, .readHealth, .fetch, .other:
            nil
        }
    }

    /// What is asked for, in a few words.
    public var summary: String {
        switch self {
        case .runCommandLine(let loadsBuiltins):
            loadsBuiltins ? "run a command line that loads builtins" : "run a command line"
        case .runProgram(let name, _): "run '\(ShownText(name))'"
        case .runPython: "run Python code"
        case .readFile(let path): "read \(ShownText(path.policyText))"
        case .writeFile(let path): "write \(ShownText(path.policyText))"
        case .listFolder(let path): "list \(ShownText(path.policyText))"
        case .deleteFile(let path): "delete \(ShownText(path.policyText))"
        case .moveFrom(let path): "move \(ShownText(path.policyText)) away"
        case .moveTo(let path): "move something to \(ShownText(path.policyText))"
        case .readVariables: "see settings"
        case .readHealth: "see how the server does"
        case .fetch(let host): "fetch from \(ShownText(host))"
        case .other(let verb, let subject): "\(ShownText(verb)) \(ShownText(subject))"
        }
    }
}
