// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox
public import ContainerMCPProtocol
public import Logging

/// The tools and the policy of a server, without its sandbox: for lists and explanations.
///
/// It touches no folder and starts nothing, and its tools can't be called.
public struct ServerOutline: Sendable {
    /// The tools that a server with these settings offers.
    public let registry: ToolRegistry
    /// The policy that would decide.
    public let policy: PolicyEngine
    private let known: ToolRegistry

    /// Makes an outline.
    ///
    /// - Parameters:
    ///   - settings: Checked settings.
    ///   - further: Further tools of an embedding program.
    ///   - logger: Where it is told that a listed program or the interpreter is missing.
    /// - Throws: ``ServerStartFailure`` for a policy file or an interpreter that can't be used.
    public init(
        _ settings: Settings,
        tools further: [any Tool] = [],
        logger: Logger
    ) throws(ServerStartFailure) {
        let factory = SandboxFactory(settings: settings, logger: logger)
        let interpreter: String?
        do throws(SandboxError) {
            interpreter = settings.tools.offersSystem ? try factory.pythonInterpreter() : nil
        } catch {
            throw ServerStartFailure(.failed, error.message)
        }
        let programs = factory.programTable()
        policy = PolicyEngine(
            settings: PolicySettings(settings, programs: programs, further),
            file: try PolicyFile.load(settings.tools.policyFile)
        )
        func builtIn(_ settings: Settings, _ interpreter: String?) -> [any Tool] {
            BuiltInTools(outlineOf: settings, interpreter: interpreter, programs: programs).all
        }
        var everything = settings
        everything.tools.offersSystem = true
        everything.tools.offersFiles = true
        do throws(ToolError) {
            registry = try ToolRegistry(builtIn(settings, interpreter) + further)
            known = try ToolRegistry(builtIn(everything, interpreter ?? "python3") + further)
        } catch {
            throw ServerStartFailure(.failed, error.message)
        }
    }

    /// The tools that can be explained: those on offer, and the built-in ones that are turned off.
    public var explainable: [ToolDescriptor] { known.descriptors }

    /// Explains what the policy says to a call, rule by rule, without doing anything.
    ///
    /// - Parameters:
    ///   - name: The tool's name; one that is turned off is explained, too.
    ///   - arguments: What a client would send, not yet checked.
    ///   - subject: Who would call.
    /// - Returns: The outcome and what each rule said.
    /// - Throws: ``ToolError`` for a tool that there is not, and for arguments that can't be used.
    public func explain(
        _ name: String,
        _ arguments: JSONObject,
        for subject: Subject = .anonymous
    ) throws(ToolError) -> PolicyExplanation {
        guard let tool = known[name] else {
            throw ToolError(.notFound, "There is no tool of this name.")
        }
        return try tool.explain(arguments, by: policy, for: subject)
    }
}
