// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// The result of a call that happened, as a person reads it.
struct CallAnswer {
    let tool: ToolName
    let content: JSONObject

    /// Writes what came out to standard output, and notes about it to standard error.
    func write() {
        if let warning = content["warning"]?.stringValue { note("warning: \(warning)") }
        switch tool {
        case .runCommand: writeRun(output: "stdout", error: "stderr")
        case .runPython: writeRun(output: "output", error: "error")
        case .fileRead: writeFile()
        case .fileList: writeListing()
        case .environmentVariable: writeVariables()
        case .healthCheck: writeHealth()
        case .fileWrite: line("wrote \(text("path"))\(content["size"].map { " (\($0) bytes)" } ?? "")")
        case .fileDelete: line("deleted \(text("path"))")
        case .fileMove: line("moved \(text("source")) to \(text("destination"))")
        default: TextStream.output.writeContent(JSONValue.object(content).prettyPrinted() + "\n")
        }
    }

    private func text(_ key: String) -> String {
        content[key]?.stringValue ?? ""
    }

    private func line(_ text: String) {
        TextStream.output.write(TerminalText.word(text) + "\n")
    }

    private func note(_ text: String) {
        TextStream.error.write("[\(TerminalText.word(text))]\n")
    }

    // MARK: Commands and Python

    private func writeRun(output: String, error: String) {
        TextStream.output.writeContent(text(output))
        TextStream.error.writeContent(text(error))
        note(status)
    }

    private var status: String {
        var parts: [String] = []
        if content["timed_out"] == true {
            parts.append("ended at the time limit")
        } else if let limit = content["limit"]?.stringValue {
            parts.append("ended at a limit: \(limit)")
        } else if let signal = content["signal"]?.stringValue {
            parts.append("ended by \(signal)")
        }
        parts.append("exit status \(content["exit_code"]?.description ?? "unknown")")
        if let result = content["result"], !result.isNull { parts.append("result \(Self.shortened(result))") }
        if content["result_truncated"] == true { parts.append("the result had more than 1 MiB") }
        if let bytes = content["truncated_bytes"] { parts.append("\(bytes) bytes of output left out") }
        for key in ["output_file", "error_file"] {
            if let path = content[key]?.stringValue { parts.append("full text in \(path)") }
        }
        return parts.joined(separator: "; ")
    }

    private static func shortened(_ value: JSONValue) -> String {
        let text = value.encodedString()
        guard text.unicodeScalars.count > 2_000 else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(2_000)))
            + "… (all of it with --json)"
    }

    // MARK: Files

    private func writeFile() {
        TextStream.output.writeContent(text("content"))
        guard content["truncated"] == true, let next = content["next_offset"] else { return }
        let lines = content["total_lines"].map { " of \($0) lines" } ?? ""
        note("a part\(lines); it goes on with offset=\(next)")
    }

    private func writeListing() {
        let entries = content["entries"]?.arrayValue ?? []
        if entries.isEmpty {
            note("nothing in \(text("path"))")
        } else {
            var table = TextTable(["MODIFIED", "SIZE", "PATH"], rightAligned: [1])
            for entry in entries {
                let isFolder = entry["is_directory"] == true
                let path = entry["path"]?.stringValue ?? ""
                table.add([
                    entry["modified"]?.stringValue ?? "", isFolder ? "-" : entry["size"]?.description ?? "",
                    isFolder ? path + "/" : path,
                ])
            }
            table.write(to: .output)
        }
        if let omitted = content["omitted"], omitted != 0 { note("\(omitted) entries left out") }
        if content["truncated"] == true { note("a limit ended the search") }
        if let cursor = content["next_cursor"]?.stringValue { note("there are more: cursor=\(cursor)") }
    }

    private func writeVariables() {
        let variables = content["variables"]?.objectValue ?? [:]
        for (name, value) in variables { line("\(name)=\(value.stringValue ?? value.description)") }
        if variables.isEmpty { note("there is no setting of this name that may be shown") }
    }

    // MARK: Health

    private func writeHealth() {
        line("status: \(text("status"))")
        line("version: \(text("version")), up for \(content["uptime_seconds"]?.description ?? "?") s")
        let layers = content["sandbox"]?["layers"]?.arrayValue ?? []
        let enforced = layers.count { $0["status"] == "enforced" }
        line("sandbox: \(text("level")) (\(text("backend"))), \(enforced) of \(layers.count) layers enforced")
        let managers = content["managers"]?.objectValue ?? [:]
        let names = managers.filter { $0.value == true }.map(\.key)
        line("managers: \(names.isEmpty ? "none" : names.joined(separator: ", "))")
        let averages = content["load"]?["average"]?.arrayValue?.map(\.description) ?? []
        line("load average: \(averages.joined(separator: ", "))")
        for (kind, count) in content["load"]?["calls"]?.objectValue ?? [:] {
            let (running, waiting) = (
                count["running"]?.description ?? "?", count["waiting"]?.description ?? "?"
            )
            line("calls (\(kind)): \(running) running, \(waiting) waiting")
        }
        if let test = content["self_test"] {
            let word = test["passed"] == true ? "passed" : "failed"
            line(
                "self-test: \(word) in \(test["milliseconds"]?.description ?? "?") ms; \(test["detail"]?.stringValue ?? "")"
            )
        }
    }
}
