// SPDX-License-Identifier: Apache-2.0
import JackfieldBase
import JackfieldPlugin
import Pipeline
import Testing
import Values

@Suite(.serialized) struct SDKTests {
  @Test(arguments: [
    "{}", "{\"text\":\"ü\\u0000\\n\",\"truth\":false,\"whole\":-9223372036854775808}",
    "{\"small\":255,\"large\":18446744073709551615,\"number\":0.1}",
    "{\"list\":[{\"name\":\"a\",\"weight\":1.5},{\"name\":\"b\"}],\"named\":{\"x\":1}}",
    "{\"any\":[1,1.50,1e400,null,{\"a\":[[]]}],\"object\":{\"b\":1,\"a\":2}}",
    "{\"choice\":\"two\",\"optionals\":[1,null,3],\"pair\":{\"values\":[1,\"x\"]}}",
  ])
  func `what Swift decodes and encodes again is the same`(_ json: String) throws {
    let outcome = try SDKProbe().run(0, json)
    #expect(try outcome.value == JSONValue(parsing: json))
  }

  @Test func `members a type does not know are passed over`() throws {
    let outcome = try SDKProbe().run(0, "{\"text\":\"a\",\"more\":{\"x\":[1]}}")
    #expect(outcome.value == ["text": "a"])
  }

  @Test(arguments: [
    ("{\"whole\":\"1\"}", "whole: expected a whole number, found text"),
    ("{\"whole\":1.5}", "whole: 1.5 does not fit Int"),
    ("{\"small\":256}", "small: 256 does not fit UInt8"),
    ("{\"truth\":1}", "truth: expected a boolean, found integer"),
    ("{\"text\":[]}", "text: expected text, found list"),
    ("{\"list\":[{\"name\":\"a\"},{}]}", "list[1]: name is missing"),
    ("{\"list\":{\"a\":1}}", "list: expected a list, found object"),
    ("{\"named\":{\"x\":true}}", "named.x: expected a whole number, found boolean"),
    ("{\"pair\":{\"values\":[1]}}", "pair.values: the list ends here"),
    ("{\"object\":[]}", "object: expected an object"),
  ])
  func `what does not decode is named with its place`(_ json: String, _ message: String) throws {
    let outcome = try SDKProbe().run(0, json)
    #expect(outcome.errorClass == .invalidInput && outcome.code == "parameters", "\(outcome)")
    #expect(outcome.message == message)
  }

  @Test func `a call knows its key, contact, settings and time`() throws {
    let probe = try SDKProbe()
    let outcome = try probe.run(1, "{}")
    #expect(
      outcome.value == ["key": "k-1", "contact": "401", "setting": "Acme", "hasBudget": true])
    #expect(probe.world.logs == ["a line"] && probe.world.progress == [["done": 1]])
  }

  @Test(arguments: JackfieldPlugin.ErrorClass.allCases)
  func `every class of error arrives as it was thrown`(_ kind: JackfieldPlugin.ErrorClass) throws {
    let outcome = try SDKProbe().run(1, "{\"fail\":\"\(kind.name)\"}")
    #expect(outcome.errorClass?.rawValue == kind.name)
    #expect(
      outcome.error == [
        "code": "as_asked", "message": "failed as asked", "provider_code": "7",
        "retry_after_ms": 1_500, "detail": ["why": [1, "ü"]],
      ])
  }

  @Test func `a result over the limit is an error that says so`() throws {
    let outcome = try SDKProbe().run(1, "{\"size\":1100000}")
    #expect(outcome.errorClass == .failed && outcome.code == "result_too_large")
  }

  @Test func `many requests answer in their order, each with its own fate`() throws {
    let probe = try SDKProbe()
    probe.world.http = { request, _ in
      request["url"] == "https://a.example/2"
        ? .error(.unavailable, code: "no_connection", message: "refused") : .text(200, "ok")
    }
    let outcome = try probe.run(1, "{\"many\":5}")
    #expect(outcome.value?["statuses"] == [200, 200, -6, 200, 200])
  }

  @Test func `a service that was not granted says what to grant`() throws {
    let outcome = try SDKProbe(services: []).run(1, "{\"many\":1}")
    #expect(outcome.errorClass == .denied && outcome.code == "http_not_granted")
  }

  @Test(arguments: [
    ("a, b\nc,, a ", ["a", "b", "c"]), ("\"x, y\" <a@b.c>, d", ["\"x, y\" <a@b.c>", "d"]),
    ("5\" disk, a", ["5\" disk", "a"]), ("", []), (" \t ", []),
  ])
  func `a text is a list with commas`(_ text: String, _ items: [String]) {
    let parts = TextList.parts(of: .text(text)) ?? []
    #expect(TextList(parts).items == items)
  }

  @Test(arguments: [
    ("1994-11-06T08:49:37Z", 784_111_777), ("1970-01-01T00:00:00.000Z", 0),
    ("2026-11-22T20:44:35.5+05:30", 1_795_360_475), ("1969-12-31T23:59:59Z", -1),
    ("2000-02-29T00:00:00-0100", 951_786_000), ("yesterday", nil), ("2026-11-22", nil),
  ] as [(String, Int64?)])
  func `times are read`(_ text: String, _ seconds: Int64?) {
    #expect(JackfieldBase.Moment(iso: text)?.seconds == seconds)
  }

  @Test(arguments: [0, -1, 784_111_777, 951_786_000, 1_795_360_475, 4_102_444_799] as [Int64])
  func `a time written is the time read`(_ seconds: Int64) {
    let moment = JackfieldBase.Moment(seconds: seconds)
    #expect(JackfieldBase.Moment(iso: moment.iso) == moment)
  }
}
