// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPProtocol

/// A tool and its arguments as they are typed at a shell.
struct ToolInput: ParsableArguments {
    @Argument(help: "The tool's name; see 'cmcp-cli tools'.", completion: .list(Self.toolNames))
    var tool: String

    @Argument(
        help: ArgumentHelp(
            """
            An argument of the tool; key=@FILE reads a file's text, key=@- standard input, key=@@… is a text with \
            an @.
            """,
            valueName: "key=value"
        )
    )
    var pairs: [String] = []

    @Option(
        help: ArgumentHelp("Arguments as a JSON object; - reads it from standard input.", valueName: "JSON")
    )
    var arguments: String?

    @Option(help: ArgumentHelp("Time limit in seconds: the tool's argument 'timeout'.", valueName: "seconds"))
    var timeout: String?

    private static let toolNames: [String] = [
        ToolName.runCommand, .runPython, .environmentVariable, .fileRead, .fileWrite, .fileList, .fileDelete,
        .fileMove, .healthCheck,
    ].map(\.rawValue)

    /// The description of the tool.
    ///
    /// - Throws: ``CommandFailure`` with status 2 that lists the known ones.
    func descriptor(among known: [ToolDescriptor]) throws -> ToolDescriptor {
        if let descriptor = known.first(where: { $0.name.utf8.elementsEqual(tool.utf8) }) {
            return descriptor
        }
        if Self.toolNames.contains(tool) {
            throw CommandFailure(
                .usage,
                "'\(tool)' is not offered with these settings: see TOOLS_ENABLE_SYSTEM, TOOLS_ENABLE_FILE and "
                    + "PYTHON_EXECUTABLE in 'cmcp-cli config'."
            )
        }
        let names = known.map(\.name)
        throw CommandFailure(
            .usage,
            "There is no tool '\(tool)'.\(NearestName.question(tool, among: names)) "
                + "Known: \(names.joined(separator: ", "))."
        )
    }

    /// The arguments as JSON, typed by the tool's schema.
    ///
    /// - Parameters:
    ///   - descriptor: The tool.
    ///   - limit: The most bytes of a file or of standard input.
    /// - Returns: What is sent to the tool.
    /// - Throws: ``CommandFailure`` with status 2 that names the argument.
    func object(for descriptor: ToolDescriptor, limit: Int) throws -> JSONObject {
        var object = try whole(limit: limit)
        let properties = descriptor.inputSchema["properties"]?.objectValue ?? [:]
        var all = pairs
        if let timeout { all.append("timeout=\(timeout)") }
        for pair in all {
            guard let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")), equals > pair.startIndex else {
                throw CommandFailure(.usage, "Arguments are key=value, not '\(pair)'.")
            }
            let key = String(pair[..<equals])
            guard let schema = properties[key] else {
                let names = properties.keys
                let known = names.isEmpty ? "it takes none" : "it takes \(names.joined(separator: ", "))"
                throw CommandFailure(
                    .usage,
                    "'\(descriptor.name)' has no argument '\(key)'; \(known)."
                        + NearestName.question(key, among: names)
                )
            }
            let text = try InputText.value(
                String(pair[pair.utf8.index(after: equals)...]),
                of: key,
                limit: limit
            )
            guard object.insert(try TypedValue.read(text, of: key, schema: schema), forNewKey: key) else {
                throw CommandFailure(.usage, "The argument '\(key)' is given twice.")
            }
        }
        return object
    }

    private func whole(limit: Int) throws -> JSONObject {
        guard let arguments else { return [:] }
        let text =
            arguments == "-" ? try InputText.standardInput(limit: limit, for: "--arguments") : arguments
        let value: JSONValue
        do throws(JSONParsingError) {
            value = try JSONValue(parsing: text)
        } catch {
            throw CommandFailure(.usage, "--arguments is not JSON: \(error).")
        }
        guard case .object(let object) = value else {
            throw CommandFailure(.usage, "--arguments takes a JSON object, such as {\"path\": \"a.txt\"}.")
        }
        return object
    }
}
