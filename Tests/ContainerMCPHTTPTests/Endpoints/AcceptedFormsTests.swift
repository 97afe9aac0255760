// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Testing

@Suite struct AcceptedFormsTests {
    @Test(
        arguments: [
            ([], true, true), ([""], true, true), (["*/*"], true, true),
            (["application/json, text/event-stream"], true, true),
            (["application/json", "text/event-stream"], true, true),
            (["application/json"], true, false), (["text/event-stream"], false, true),
            (["text/html"], false, false),
            (["Application/JSON; q=0.9"], true, false),
            (["application/json;q=0, text/event-stream"], false, true),
            (["application/*"], true, false), (["text/*"], false, true),
            (["application/json+x"], false, false),
        ] as [([String], Bool, Bool)]
    )
    func `a client gets what it takes`(lines: [String], json: Bool, events: Bool) {
        var fields = HeaderFields()
        for line in lines { fields.append("accept", line) }
        let forms = AcceptedForms(fields)
        #expect(forms.json == json)
        #expect(forms.events == events)
    }
}
