// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

extension InputAnswer {
    /// What stands in a form that the user sent; nil where they declined.
    var form: JSONObject? {
        guard case .elicitation(.accept, let content) = self else { return nil }
        return content
    }

    /// What the model said, if that is text.
    var modelText: String? {
        guard case .sampling(let message) = self else { return nil }
        return message["content"]?["text"]?.stringValue
    }

    /// The addresses of the client's directories.
    var rootAddresses: [String] {
        guard case .roots(let roots) = self else { return [] }
        return roots.compactMap { $0["uri"]?.stringValue }
    }

    /// What the user did, in a word.
    var action: String {
        guard case .elicitation(let action, _) = self else { return "answer" }
        return action.rawValue
    }
}
