// SPDX-License-Identifier: Apache-2.0
// The value itself: literals, access, equality, numbers, objects, text.

import Testing
import Values

struct ValueTests {
  let value: JSONValue = [
    "name": "Ana", "seats": 25, "score": 0.5, "tags": ["a", "b", .null], "vip": true,
    "address": ["city": "Pune"],
  ]

  @Test func `members and elements are read by name and place`() {
    #expect(value["name"] == "Ana")
    #expect(value["tags"]?[0] == "a" && value["tags"]?[-1] == .null)
    #expect(value["tags"]?[3] == nil && value["tags"]?[-4] == nil)
    #expect(value["address"]?["city"]?.asText == "Pune")
    #expect(value["name"]?["x"] == nil && value["missing"] == nil && value[0] == nil)
  }

  @Test func `a value is read only as what it is`() {
    #expect(value["seats"]?.asInteger == 25 && value["seats"]?.asNumber == 25)
    #expect(value["score"]?.asInteger == nil && value["score"]?.asNumber == 0.5)
    #expect(value["vip"]?.asBoolean == true && value["vip"]?.asInteger == nil)
    #expect(value["tags"]?.asList?.count == 3 && value["tags"]?.asObject == nil)
    #expect(value["name"]?.asText == "Ana" && value["name"]?.asNumber == nil)
    #expect(JSONValue(numberText: "1e400")?.asNumber == nil)
  }

  @Test func `emptiness and type names`() {
    let empties: [JSONValue] = [.null, "", [], [:]]
    for value in empties { #expect(value.isEmpty) }
    let full: [JSONValue] = [0, false, " ", [.null], ["a": .null], 0.5]
    for value in full { #expect(!value.isEmpty) }
    #expect(
      (empties + [true, 1, 1.5]).map(\.typeName) == [
        "null", "text", "list", "object", "boolean", "integer", "number",
      ])
  }

  @Test func `objects are equal whatever their order, and hash alike`() throws {
    let a = try JSONValue(parsing: #"{"x":1,"y":[1,{"p":1,"q":2}],"z":null}"#)
    let b = try JSONValue(parsing: #"{"z":null,"y":[1,{"q":2,"p":1}],"x":1}"#)
    #expect(a == b && a.hashValue == b.hashValue)
    #expect(a.json != b.json)
    #expect(a != (try JSONValue(parsing: #"{"x":1,"y":[1,{"p":1,"q":2}],"w":null}"#)))
    #expect(JSONValue.integer(1) != 1.0)
  }

  @Test(arguments: [3, 24, 25, 10_000])
  func `an object keeps its order through setting and removing`(_ count: Int) {
    var object = JSONObject()
    for index in 0..<count { object["name \(index)"] = .integer(Int64(index)) }
    #expect(object.count == count && object.names.first == "name 0")
    object["name 1"] = "changed"
    #expect(object.names[1] == "name 1" && object["name 1"] == "changed")
    object["name 0"] = nil
    #expect(object.count == count - 1 && object["name 0"] == nil)
    object["name 0"] = 0
    #expect(object.names.last == "name 0" && object["name \(count - 1)"] != nil)
    object["name 0"] = nil
    #expect(object.names.first == "name 1" && object["nothing"] == nil)
    for index in 1..<count { #expect(object["name \(index)"] != nil) }
    #expect(object.map(\.name) == object.names)
    #expect(Array(object).count == count - 1)
  }

  @Test func `numbers from doubles are the shortest that read back`() throws {
    #expect(JSONNumber(0.1)?.text == "0.1")
    #expect(JSONNumber(.nan) == nil && JSONNumber(.infinity) == nil)
    #expect(JSONValue(double: 25) == 25 && JSONValue(double: -3) == -3)
    #expect(JSONValue(double: 2.5)?.json == "2.5")
    #expect(JSONValue(double: 1e20)?.typeName == "number")
    #expect(JSONValue(double: .nan) == nil)
  }

  @Test func `a number's text must be a JSON number`() {
    #expect(JSONNumber(text: "1.50")?.value == 1.5)
    for text in [
      "", "12", " 1.5", "1.5 ", "0x10", "1,5", ".5", "5.", "+1.5", "nan", "[1]", "1.5\n",
    ] {
      #expect(JSONNumber(text: text) == nil, "\(text)")
    }
    #expect(JSONValue(numberText: "12") == 12)
    #expect(JSONValue(numberText: "012") == nil)
  }

  @Test(
    arguments: [
      ("12.0", 12), ("1.2e1", 12), ("120e-1", 12), ("-0", 0), ("-0.0", 0),
      ("0e99999999999999999999", 0),
      ("1e18", 1_000_000_000_000_000_000), ("-9223372036854775808.0", Int64.min),
      ("9223372036854775807.00", .max), ("12.5", nil), ("1e19", nil), ("9223372036854775808", nil),
      ("-9223372036854775809", nil), ("1e-1", nil), ("1e99999999999999999999", nil),
      ("1.00000000000000000001", nil), ("1e-99999999999999999999", nil),
    ] as [(String, Int64?)])
  func `a number that is exactly an integer says so`(_ text: String, _ wanted: Int64?) {
    #expect(JSONNumber(text: text)?.exactInteger == wanted)
  }

  @Test func `only what must be escaped is`() {
    let text: JSONValue = .text("\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}é\u{2028}😀")
    #expect(text.json == "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\u{7F}é\u{2028}😀\"")
  }

  @Test func `pretty text has a member a line and two spaces a level`() {
    let value: JSONValue = ["a": [1, [:]], "b": [], "c": ["d": "e"]]
    #expect(
      value.prettyJSON == """
        {
          "a": [
            1,
            {}
          ],
          "b": [],
          "c": {
            "d": "e"
          }
        }
        """)
  }

  @Test func `a value far deeper than any parsed one is still written`() {
    var value: JSONValue = 1
    for _ in 0..<500 { value = .list([value]) }
    #expect(value.json.utf8.count == 1_001)
  }
}
