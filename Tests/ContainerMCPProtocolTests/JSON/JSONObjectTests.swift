// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct JSONObjectTests {
    @Test(arguments: [3, 12, 13, 100])
    func `members keep their order through every change`(count: Int) {
        var object = JSONObject()
        for number in 0..<count {
            object["k\(number)"] = .integer(Int64(number))
        }
        object["k1"] = "changed"
        object["k0"] = nil
        #expect(object.keys == (1..<count).map { "k\($0)" })
        #expect(object["k1"] == "changed")
        #expect(object["k0"] == nil)
        #expect(!object.contains(key: "k0"))
        #expect(object["k\(count - 1)"] != nil)
        let isTaken = !object.insert(1, forNewKey: "k1")
        #expect(isTaken)
        let isNew = object.insert(.null, forNewKey: "new")
        #expect(isNew)
        #expect(object.keys.last == "new")
        #expect(object["new"] == .some(.null))
    }

    @Test func `order does not count for equality, bytes do`() {
        let left: JSONObject = ["a": 1, "b": [1, 2]]
        let right: JSONObject = ["b": [1, 2], "a": 1]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 1, "b": [2, 1]])
        #expect(left != ["a": 1])
        #expect(left != ["a": 1, "c": [1, 2]])
        #expect(JSONValue.string("\u{e9}") != JSONValue.string("e\u{301}"))
        #expect(JSONValue.integer(1) != JSONValue.number(1))
    }

    @Test func `the last of equal keys in a literal counts`() {
        let object: JSONObject = ["a": 1, "a": 2]
        #expect(object == ["a": 2])
    }

    @Test func `accessors answer for their own kind only`() {
        let value: JSONValue = ["s": "x", "i": 7, "n": 1.5, "b": true, "a": [1, 2], "z": .null]
        #expect(value["s"]?.stringValue == "x")
        #expect(value["i"]?.intValue == 7)
        #expect(value["i"]?.doubleValue == 7)
        #expect(value["n"]?.intValue == nil)
        #expect(value["n"]?.doubleValue == 1.5)
        #expect(value["b"]?.boolValue == true)
        #expect(value["a"]?[1] == 2)
        #expect(value["a"]?[2] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["z"]?.isNull == true)
        #expect(value["missing"] == nil)
        #expect(value["s"]?.intValue == nil)
        #expect(value["i"]?.stringValue == nil)
    }
}
