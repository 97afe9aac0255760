// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

extension StaticResource {
    /// `container-mcp://settings`: the settings that `system_env_var` shows, as JSON.
    ///
    /// Reading it needs the permission of that tool. Secrets, places on the host and keys that are no business of a
    /// caller are not in it.
    ///
    /// - Parameter report: The settings in force.
    /// - Returns: The resource.
    public static func settings(_ report: ConfigurationReport) -> StaticResource {
        StaticResource(
            ResourceDescriptor(
                uri: "container-mcp://settings",
                name: "settings",
                title: "Settings",
                summary: "The settings that calls depend on: value, where it came from, and default.",
                mimeType: "application/json"
            ),
            requirePermission: { context throws(ToolError) in _ = try context.permit(ReadVariables()) },
            text: { json(of: report).encodedString() }
        )
    }

    private static func json(of report: ConfigurationReport) -> JSONValue {
        let rows = Dictionary(report.rows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let settings = report.visibleVariables.compactMap { variable -> JSONValue? in
            guard let row = rows[variable.name], !row.isSecret else { return nil }
            var setting: JSONObject = [
                "key": .string(variable.name), "value": .string(variable.value),
                "origin": .string(row.origin.rawValue),
            ]
            // Where a child sees something else than the value, the default is a place on the host as well.
            if SettingKey.named(variable.name)?.visibility == .value {
                setting["default"] = row.defaultValue.map { .string($0) } ?? .null
            }
            return .object(setting)
        }
        return ["settings": .array(settings)]
    }
}
