// SPDX-License-Identifier: Apache-2.0
import Testing
import Values

@Suite struct DifferenceTests {
  @Test(arguments: [
    ("1", "1.0"), (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#), ("[1,{}]", "[1,{}]"), ("null", "null"),
  ])
  func `equal values have none, however they are written`(left: String, right: String) throws {
    #expect(
      JSONDifference.first(try JSONValue(parsing: left), try JSONValue(parsing: right)) == nil)
  }

  @Test(arguments: [
    ("1", "2", "$", "1", "2"), ("1", #""1""#, "$", "1", #""1""#),
    (#"{"a":{"b":[1,2]}}"#, #"{"a":{"b":[1,3]}}"#, "$.a.b[1]", "2", "3"),
    (#"{"a":1}"#, #"{"a":1,"b":2}"#, "$.b", "", "2"), (#"{"a":1,"b":2}"#, #"{"a":1}"#, "$.b", "2", ""),
    ("[1]", "[1,2]", "$[1]", "", "2"), ("[1,2]", "[1]", "$[1]", "2", ""),
    (#"{"a":1,"b":1}"#, #"{"b":2,"a":2}"#, "$.a", "1", "2"), ("1.5", "1.25", "$", "1.5", "1.25"),
  ])
  func `the first place that differs is named`(
    left: String, right: String, path: String, was: String, now: String
  ) throws {
    let found = try #require(
      JSONDifference.first(try JSONValue(parsing: left), try JSONValue(parsing: right)))
    #expect(found.path == path)
    #expect((found.left?.json ?? "") == was && (found.right?.json ?? "") == now)
  }
}
