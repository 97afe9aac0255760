// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox
import ContainerMCPProtocol

extension StaticResource {
    /// `container-mcp://sandbox/report`: what the kernel confirmed about the sandbox, as JSON.
    ///
    /// Anyone who may talk to the server may read it: it says how calls are confined, and names nothing of the host.
    ///
    /// - Parameter report: The report of the running sandbox.
    /// - Returns: The resource.
    public static func sandboxReport(_ report: EnforcementReport) -> StaticResource {
        StaticResource(
            ResourceDescriptor(
                uri: "container-mcp://sandbox/report",
                name: "sandbox_report",
                title: "How calls are confined",
                summary:
                    "Each layer of protection with what the kernel confirmed, and promises that are weaker here.",
                mimeType: "application/json"
            )
        ) {
            json(of: report).encodedString()
        }
    }

    private static func json(of report: EnforcementReport) -> JSONValue {
        let layers = Mechanism.allCases.map { mechanism -> JSONValue in
            let status = report.statuses[mechanism] ?? .unavailable(reason: "not part of this level")
            return [
                "name": .string(mechanism.rawValue), "status": .string(status.word),
                "detail": .string(status.detail),
            ]
        }
        return [
            "level": .string(report.level.rawValue),
            "layers": .array(layers),
            "reduced_promises": .array(report.reducedPromises.map { .string($0) }),
            "landlock_abi": .integer(Int64(report.landlockABI)),
        ]
    }
}
