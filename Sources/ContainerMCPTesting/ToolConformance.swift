// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPCore
internal import ContainerMCPProtocol

/// Checks that a tool keeps the rules that clients and the host rely on; nothing of it is called.
///
/// ```swift
/// #expect(ToolConformance.problems(of: WordCount()).isEmpty)
/// ```
public enum ToolConformance {
    /// Everything that is wrong with a tool, one sentence each; empty for a good one.
    public static func problems(of tool: any Tool) -> [String] {
        let descriptor = tool.descriptor
        var problems = nameProblems(tool)
        if tool.descriptor != descriptor { problems.append("The descriptor is not the same each time.") }
        if tool.title.isEmpty { problems.append("There is no title.") }
        if tool.summary.isEmpty { problems.append("There is no summary.") }
        problems += schemaProblems(descriptor.inputSchema, "The input schema")
        if let output = descriptor.outputSchema { problems += schemaProblems(output, "The output schema") }
        guard problems.isEmpty else { return problems }
        return argumentProblems(tool, descriptor.inputSchema)
    }

    private static func nameProblems(_ tool: any Tool) -> [String] {
        do throws(ToolError) {
            _ = try ToolRegistry([tool])
            return []
        } catch {
            return ["The name can't be registered: \(error.message)"]
        }
    }

    private static func schemaProblems(_ schema: JSONValue, _ what: String) -> [String] {
        guard schema.objectValue != nil, schema["type"]?.stringValue == "object" else {
            return ["\(what) is not one of an object."]
        }
        guard let properties = (schema["properties"] ?? .object([:])).objectValue else {
            return ["\(what) has properties that are no object."]
        }
        var problems: [String] = []
        for (name, property) in properties {
            guard property.objectValue != nil else {
                problems.append("\(what) has a property '\(name)' that is no schema.")
                continue
            }
            if (property["description"]?.stringValue ?? "").isEmpty {
                problems.append("\(what) does not say what '\(name)' means.")
            }
        }
        guard let required = (schema["required"] ?? .array([])).arrayValue else {
            return problems + ["\(what) has a list of required properties that is no list."]
        }
        var seen: Set<String> = []
        for entry in required {
            guard let name = entry.stringValue else {
                problems.append("\(what) requires something that is no name.")
                continue
            }
            if !seen.insert(name).inserted { problems.append("\(what) requires '\(name)' twice.") }
            if properties[name] == nil {
                problems.append("\(what) requires '\(name)', which it does not have.")
            }
        }
        return problems
    }

    private static func argumentProblems(_ tool: any Tool, _ schema: JSONValue) -> [String] {
        let properties = schema["properties"]?.objectValue ?? [:]
        let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        var good = JSONObject()
        for name in required { good[name] = plausible(properties[name] ?? .null) }
        var problems: [String] = []
        if let refusal = refusal(of: good, by: tool) {
            problems.append("Plain arguments are refused: \(refusal.message)")
            return problems
        }
        var strange = good
        strange["no-such-argument"] = 1
        problems += mustRefuse(strange, naming: "no-such-argument", tool, "An unknown argument")
        for name in required {
            var without = JSONObject()
            for (key, value) in good where key != name { without[key] = value }
            problems += mustRefuse(without, naming: name, tool, "Leaving out '\(name)'")
        }
        for (name, property) in properties {
            for wrong in wrongValues(property) {
                var arguments = good
                arguments[name] = wrong
                problems += mustRefuse(arguments, naming: name, tool, "'\(name)' as \(wrong.encodedString())")
            }
        }
        return problems
    }

    private static func refusal(of arguments: JSONObject, by tool: any Tool) -> ToolError? {
        do throws(ToolError) {
            try tool.check(arguments)
            return nil
        } catch {
            return error
        }
    }

    private static func mustRefuse(
        _ arguments: JSONObject,
        naming name: String,
        _ tool: any Tool,
        _ what: String
    ) -> [String] {
        guard let refusal = refusal(of: arguments, by: tool) else { return ["\(what) is not refused."] }
        var problems: [String] = []
        if refusal.code != .invalidArgument {
            problems.append("\(what) is refused as '\(refusal.code.rawValue)', not as an argument.")
        }
        if !refusal.message.contains("'\(name)'") {
            problems.append("\(what) is refused without naming the argument: \(refusal.message)")
        }
        return problems
    }

    private static func plausible(_ property: JSONValue) -> JSONValue {
        if let fallback = property["default"] { return fallback }
        return switch property["type"]?.stringValue {
        case "integer", "number": property["minimum"] ?? property["maximum"] ?? 1
        case "boolean": true
        case "array": .array([])
        case "object": .object([:])
        default: "a"
        }
    }

    /// Values that the schema of an argument rules out.
    private static func wrongValues(_ property: JSONValue) -> [JSONValue] {
        var wrong: [JSONValue] = [.array([.array([])])]
        switch property["type"]?.stringValue {
        case "string": wrong += [1, true, .object([:])]
        case "boolean": wrong += [1, "true"]
        case "integer", "number":
            wrong += ["1", true, .object([:])]
            if let least = property["minimum"]?.intValue, least > Int.min {
                wrong.append(.integer(Int64(least - 1)))
            }
            if let least = property["exclusiveMinimum"]?.intValue { wrong.append(.integer(Int64(least))) }
            if let most = property["maximum"]?.intValue, most < Int.max {
                wrong.append(.integer(Int64(most + 1)))
            }
        default: break
        }
        return property["type"]?.stringValue == "array" ? [1, "a"] : wrong
    }
}
