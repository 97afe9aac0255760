// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ResourceTemplateTests {
    private func match(_ template: String, _ uri: String) -> [String: String]? {
        ResourceTemplate(uriTemplate: template, name: "t").match(uri)
    }

    @Test(arguments: [
        ("test://a/{id}/data", "test://a/7/data", ["id": "7"]),
        ("test://a/{id}", "test://a/x%20y%2Fz", ["id": "x y/z"]),
        ("test://a/{id}", "test://a/%C3%A9\u{E9}", ["id": "\u{E9}\u{E9}"]),
        ("{a}-{b}", "1-2-3", ["a": "1", "b": "2-3"]), ("{a}{b}", "xyz", ["a": "x", "b": "yz"]),
        ("{a}/b{c}/d", "1/b2/d", ["a": "1", "c": "2"]), ("x{a}.x", "x.x.x", ["a": ".x"]),
        ("test://fixed", "test://fixed", [:]), ("{a}-{b}/{c}", "1-2-3/4", ["a": "1", "b": "2-3", "c": "4"]),
        ("f://{p}", "f://...", ["p": "..."]),
    ])
    func `a URI that fits gives the decoded values`(template: String, uri: String, values: [String: String]) {
        #expect(match(template, uri) == values)
    }

    @Test(arguments: [
        ("test://a/{id}/data", "test://a//data"), ("test://a/{id}/data", "test://a/x/y/data"),
        ("test://a/{id}/data", "test://a/x/data/"), ("test://a/{id}/data", "test://A/x/data"),
        ("test://a/{id}", "test://a/"), ("test://a/{id}", "test://a/x/"), ("test://fixed", "test://fixed/"),
        ("f://{p}", "f://.."), ("f://{p}", "f://%2e%2E"), ("f://{p}", "f://a%2F..%2Fb"),
        ("f://{p}", "f://%2Fetc"),
        ("f://{p}", "f://a%2F."), ("f://{p}", "f://a%00"), ("f://{p}", "f://%"), ("f://{p}", "f://%4"),
        ("f://{p}", "f://%zz"), ("f://{p}", "f://%ff"), ("f://{p}", "f://%C0%AE"), ("{a}x{b}", "1/2x3"),
        ("{a}-{b}", "12"), ("{a}-{b}", "1-"), ("{a}-{b}", "-1"),
    ])
    func `a URI that does not fit or leads elsewhere gives nothing`(template: String, uri: String) {
        #expect(match(template, uri) == nil)
    }

    @Test(arguments: [
        "{+a}", "{a", "a}", "{}", "{a,b}", "{{a}}", "{a}{a}", "{a b}", "{?q}", "{a*}", "{\u{E9}}",
    ])
    func `a pattern beyond level 1 matches nothing`(template: String) {
        let template = ResourceTemplate(uriTemplate: template, name: "t")
        #expect(template.variables == [])
        #expect(template.match(template.uriTemplate) == nil)
    }

    @Test func `variables keep their order`() {
        #expect(ResourceTemplate(uriTemplate: "{z}/{a_1}", name: "t").variables == ["z", "a_1"])
        #expect(
            ResourceTemplate(uriTemplate: "a", name: "t") != ResourceTemplate(uriTemplate: "b", name: "t")
        )
    }

    @Test func `a long URI is refused before it is looked at`() {
        let long = String(repeating: "a", count: 9_000)
        #expect(match("{a}", long) == nil)
        #expect(match("{a}", String(long.prefix(8_000)))?["a"]?.count == 8_000)
    }
}
