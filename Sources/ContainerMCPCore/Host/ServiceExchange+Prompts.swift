// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

extension ServiceExchange {
    private func prompt(_ name: String) throws(JSONRPCError) -> any Prompt {
        guard
            let prompt = host.catalogue.prompts.first(where: {
                $0.descriptor.name.utf8.elementsEqual(name.utf8)
            })
        else { throw .unknownPrompt(name) }
        return prompt
    }

    func listPrompts(_ cursor: String?) throws(JSONRPCError) -> RequestOutcome {
        let page = try ListCursor.page(
            of: host.catalogue.prompts.map(\.descriptor),
            from: cursor,
            size: MCPService.pageSize,
            name: \.name
        )
        return .result(.prompts(page.items, nextCursor: page.next, caching: MCPService.listCaching))
    }

    func getPrompt(_ request: PromptRequest) async throws(JSONRPCError) -> RequestOutcome {
        let prompt = try prompt(request.name)
        if let missing = prompt.descriptor.missingArgument(in: request.arguments) {
            throw .invalidParams("the prompt needs the argument '\(missing)'")
        }
        let handler = HandlerName(prompt: request.name, request.arguments)
        let binding = StateSeal.Binding(
            principal: principal,
            method: .getPrompt,
            target: request.name,
            arguments: handler.arguments
        )
        return try await serve(request.resume, binding, handler) { context async throws(ToolError) in
            try await prompt.get(request.arguments, in: context)
        } result: { result in
            .prompt(result)
        }
    }

    func complete(_ request: CompletionRequest) async throws(JSONRPCError) -> RequestOutcome {
        let context = host.context(caller, context, link, CallRounds())
        do throws(ToolError) {
            switch request.reference {
            case .prompt(let name):
                let prompt: any Prompt
                do throws(JSONRPCError) {
                    prompt = try self.prompt(name)
                } catch {
                    throw ToolError(error)
                }
                guard prompt.descriptor.arguments.contains(where: { $0.name == request.argumentName }) else {
                    throw ToolError(.invalidParams("the prompt has no argument of this name"))
                }
                let values = try await prompt.complete(
                    request.argumentName,
                    value: request.argumentValue,
                    given: request.given,
                    in: context
                )
                return .result(.completion(Completion(all: values)))
            case .resource(let uri):
                return .result(
                    .completion(Completion(all: try await completeResource(uri, request, context)))
                )
            }
        } catch {
            if let failure = error.protocolError { throw failure }
            // What the caller may not see is not offered.
            if error.code == .denied || error.questions != nil {
                return .result(.completion(Completion(all: [])))
            }
            throw Self.protocolError(error)
        }
    }

    private func completeResource(
        _ uri: String,
        _ request: CompletionRequest,
        _ context: CallContext
    ) async throws(ToolError) -> [String] {
        for provider in host.catalogue.providers {
            let isIts = provider.templates.contains { template in
                template.uriTemplate.utf8.elementsEqual(uri.utf8)
            }
            if isIts {
                return try await provider.complete(
                    request.argumentName,
                    of: uri,
                    value: request.argumentValue,
                    given: request.given,
                    in: context
                )
            }
            // A resource without variables has nothing to complete.
            if try await provider.list(in: context).contains(where: { $0.uri.utf8.elementsEqual(uri.utf8) }) {
                return []
            }
        }
        throw ToolError(.unknownResource(uri, in: self.context.revision))
    }
}
