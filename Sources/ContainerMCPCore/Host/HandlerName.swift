// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// What serves a request, as the audit log and the gate know it.
struct HandlerName: Sendable {
    /// The name in the audit log: of a tool, or a method with the thing it is about.
    let name: String
    /// What the client sent for it.
    let arguments: JSONObject
    /// The name in metrics; nil for a tool that there is not, whose name is the caller's text.
    let metricName: String?
    /// Which places it takes.
    let kind: AdmissionGate.Kind

    /// A tool.
    init(tool name: String, _ arguments: JSONObject, _ effects: ToolEffects?) {
        let isKnown = effects != nil
        let effects = effects ?? []
        self.name = name
        metricName = isKnown ? name : nil
        self.arguments = arguments
        kind = effects.contains(.runsPrograms) ? .exec : effects.contains(.reachesNetwork) ? .web : .files
    }

    /// A resource that is read.
    init(resource uri: String) {
        name = MethodName.readResource.rawValue
        metricName = name
        arguments = ["uri": .string(uri)]
        kind = .files
    }

    /// A prompt that is filled in.
    init(prompt: String, _ arguments: [String: String]) {
        name = MethodName.getPrompt.rawValue
        metricName = name
        var object: JSONObject = ["name": .string(prompt)]
        for (key, value) in arguments.sorted(by: { $0.key < $1.key }) { object[key] = .string(value) }
        self.arguments = object
        kind = .files
    }
}
