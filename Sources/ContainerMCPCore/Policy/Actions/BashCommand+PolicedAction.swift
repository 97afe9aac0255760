// SPDX-License-Identifier: Apache-2.0

extension BashCommand: PolicedAction {
    /// The tool that runs commands.
    public var tool: ToolName { .runCommand }

    /// The command line, and each program it names readably.
    public var demands: [Demand] {
        let programs = commandLine.programs.map { name in
            Demand.runProgram(name: name, path: absolutePath(of: name))
        }
        return [.runCommandLine(loadsBuiltins: commandLine.loadsBuiltins)] + programs
    }

    /// The path that a word with a `/` means to a child, by its text alone: a `cd` on the way is not followed.
    private func absolutePath(of word: String) -> String? {
        guard word.utf8.contains(UInt8(ascii: "/")) else { return nil }
        let isAbsolute = word.utf8.first == UInt8(ascii: "/")
        var components = isAbsolute ? [] : workingDirectory.childPath.map { Array($0.utf8) }
        for part in word.utf8.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) {
                _ = components.popLast()
            } else {
                components.append(Array(part))
            }
        }
        let joined = components.joined(separator: [UInt8(ascii: "/")])
        return "/" + String(decoding: Array(joined), as: UTF8.self)
    }
}
