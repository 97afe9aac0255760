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
            ProtectionReport(forCallers: report).json.encodedString()
        }
    }
}
