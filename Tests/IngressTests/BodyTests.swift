// SPDX-License-Identifier: Apache-2.0
import Ingress
import TestKit
import Testing
import Values

@testable import Pipeline

@Suite struct BodyTests {
  var fixture: IngressFixture

  init() throws { fixture = try IngressFixture() }

  @Test func `JSON objects are the event, lists its items, anything else its text`() {
    #expect(fixture.event(#"{"a":{"b":[1]}}"#) == ["a": ["b": [1]], "custom_variables": [:]])
    #expect(fixture.event("[1,2]") == ["items": [1, 2], "custom_variables": [:]])
    #expect(fixture.event("12") == ["body_text": "12", "custom_variables": [:]])
    #expect(fixture.event("") == ["custom_variables": [:]])
    #expect(fixture.event("hello", type: "text/plain")?["body_text"] == "hello")
    #expect(fixture.event("<a/>", type: "application/xml")?["body_text"] == "<a/>")
  }

  @Test(
    arguments: [
      ("application/json; charset=utf-8", true), ("APPLICATION/JSON", true), ("text/json", true),
      ("application/vnd.github+json", true), (nil, true), ("text/plain", false),
      ("application/octet-stream", false),
    ] as [(String?, Bool)])
  func `auto goes by the content type`(_ type: String?, _ isJSON: Bool) {
    let event = fixture.event(#" {"a":1}"#, type: type)
    #expect((event?["a"] == 1) == isJSON)
    #expect((event?["body_text"] == nil) == isJSON)
  }

  @Test func `the connector's choice wins over the content type`() {
    var fixture = fixture
    fixture.trigger.body = .json
    #expect(fixture.event(#"{"a":1}"#, type: "text/plain")?["a"] == 1)
    #expect(fixture.event("a=1", type: "application/x-www-form-urlencoded") == nil)
    fixture.trigger.body = .text
    #expect(fixture.event(#"{"a":1}"#)?["body_text"] == #"{"a":1}"#)
    fixture.trigger.body = .form
    #expect(fixture.event("a=1", type: "application/json")?["a"] == "1")
  }

  @Test func `invalid JSON is refused with line, column and reason`() throws {
    let decision = fixture.decide(.post("{\"a\": 1,\n \"b\": }"))
    #expect(decision.status == 400 && decision.verdict == .badJSON)
    let error = try #require(decision.error)
    #expect(error["code"] == "bad_json" && error["line"] == 2 && error["column"] == 7)
    #expect(error["message"]?.asText?.contains("line 2, column 7") == true)
    var json = fixture
    json.trigger.body = .json
    #expect(json.decide(.post("")).status == 400)
  }

  @Test(arguments: [
    ("Content-Encoding", "gzip", "unsupported_encoding"),
    ("content-encoding", "identity, br", "unsupported_encoding"),
    ("Content-Type", "application/json; charset=ISO-8859-1", "unsupported_charset"),
    ("Content-Type", "application/x-www-form-urlencoded;charset=\"windows-1252\"",
      "unsupported_charset"),
    ("Content-Type", "text/plain; charset=utf-16", "unsupported_charset"),
    ("Content-Encoding", "Identity", nil), ("Content-Type", "text/json; charset=UTF8", nil),
    ("Content-Type", "application/json; charset=us-ascii", nil),
  ] as [(String, String, String?)])
  func `a body that is compressed or not in UTF-8 is refused as such`(
    _ header: String, _ value: String, _ code: String?
  ) {
    let decision = fixture.decide(
      .post(#"{"a":1}"#, type: nil, headers: [(name: header, value: value)]))
    #expect(decision.status == (code == nil ? 202 : 415) && decision.error?["code"]?.asText == code)
    #expect(decision.verdict == (code == nil ? nil : .unsupported))
    #expect(fixture.decide(.post("", type: nil, headers: [(header, value)])).status == 202)
  }

  @Test func `deep and bloated JSON is refused`() {
    let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
    #expect(fixture.decide(.post(deep)).status == 400)
    #expect(fixture.decide(.post(String(deep.dropFirst().dropLast()))).status == 202)
    let many = "[" + String(repeating: "0,", count: 200_000) + "0]"
    #expect(fixture.decide(.post(many)).status == 400)
  }

  @Test func `bytes that are no text are kept as base 64`() {
    var request = IngressRequest.post("", type: "application/octet-stream")
    request.body = [0xFF, 0x00]
    #expect(fixture.decide(request).plan?.event["body_base64"] == "/wA=")
  }

  @Test func `query values are texts, repeated ones a list, and beat a member of the body`() {
    let event = fixture.event(
      #"{"custom_variables":{"a":"forged"}}"#,
      query: "a=1&b=x+y&b=%C3%A9&c&=n&a=2&a=%zz&d=%&e=a=b&&f=%e9")
    #expect(
      event?["custom_variables"]
        == [
          "a": ["1", "2", "%zz"], "b": ["x y", "\u{e9}"], "c": "", "": "n", "d": "%", "e": "a=b",
          "f": "\u{FFFD}",
        ])
  }

  @Test func `a form is an object`() {
    let event = fixture.event(
      "name=Ana+B&tag=x&tag=y&mail=a%40b", type: "application/x-www-form-urlencoded")
    #expect(event?["name"] == "Ana B" && event?["tag"] == ["x", "y"] && event?["mail"] == "a@b")
    let many = String(repeating: "a&", count: 1_001)
    let decision = fixture.decide(.post(many, type: "application/x-www-form-urlencoded"))
    #expect(decision.status == 400 && decision.error?["code"] == "bad_form")
  }

  @Test func `a multipart form gives texts and files`() {
    let body = """
      --XX\r
      Content-Disposition: form-data; name="title"\r
      \r
      Two\r
      lines\r
      --XX\r
      Content-Disposition: form-data; name="doc"; filename="../../etc/pass\\"wd"\r
      Content-Type: text/csv\r
      \r
      a,b\r
      --XX\r
      content-disposition: form-data; name=title\r
      \r
      \r
      --XX--\r
      trailing
      """
    let event = fixture.event(body, type: "multipart/form-data; boundary=\"XX\"")
    #expect(event?["title"] == ["Two\r\nlines", ""])
    #expect(
      event?["doc"]
        == [
          "file_name": "../../etc/pass\"wd", "content_type": "text/csv", "size_bytes": 3,
          "base64": "YSxi",
        ])
  }

  @Test(arguments: [
    ("--XX--", "multipart/form-data"),
    ("", "multipart/form-data; boundary=\(String(repeating: "x", count: 71))"),
    ("nothing", "multipart/form-data; boundary=XX"), ("--XX", "multipart/form-data; boundary=XX"),
    ("--XX\r\n", "multipart/form-data; boundary=XX"),
    ("--XX\r\n--XX--", "multipart/form-data; boundary=XX"),
    ("--XX\r\nA: b\r\n\r\nx\r\n--XX--", "multipart/form-data; boundary=XX"),
    (
      "--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--",
      "multipart/form-data; boundary=XX"
    ),
  ])
  func `a broken multipart body is refused with what is wrong`(_ body: String, _ type: String) {
    let decision = fixture.decide(.post(body.isEmpty ? " " : body, type: type))
    #expect(decision.status == 400 && decision.error?["code"] == "bad_multipart", "\(body)")
  }

  @Test func `garbage in any dress is answered, never a crash`() {
    var state: UInt64 = 7
    func byte() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 56)
    }
    let types = [
      "application/json", "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=-", "multipart/form-data; boundary=\"a\\", "text/plain", ";;=",
    ]
    let alphabet = Array("-\r\n%&=+\"\\{}[]:;, aname".utf8)
    for round in 0..<2_000 {
      var request = IngressRequest.post("", type: types[round % types.count])
      request.body = (0..<Int(byte())).map { _ in
        round % 2 == 0 ? byte() : alphabet[Int(byte()) % alphabet.count]
      }
      request.query = String(decoding: request.body.prefix(40), as: UTF8.self)
      let status = fixture.decide(request).status
      #expect(status == 202 || status == 400)
    }
  }

  @Test func `headers that the connector keeps become part of the event`() {
    var fixture = fixture
    fixture.trigger.keepHeaders = ["x-github-event", "x-absent", "x-twice"]
    let event = fixture.event(
      "{}",
      headers: [("X-GitHub-Event", " push "), ("X-Twice", "1"), ("x-twice", "2"), ("X-Other", "3")])
    #expect(event?["headers"] == ["x-github-event": "push"])
  }

  @Test func `a head of the listener is read, garbage is none`() throws {
    let head = try JSONValue(
      parsing: #"{"method":"POST","path":"/in/a","query":"b=1","headers":[["A","1"]],"peer":"::1"}"#
    )
    let request = try #require(IngressRequest(head: head, body: [1]))
    #expect(request.header("a") == "1" && request.query == "b=1" && request.peer == "::1")
    for text in ["{}", "[]", #"{"method":"GET","path":"/","headers":[["A"]]}"#, "null"] {
      #expect(IngressRequest(head: try JSONValue(parsing: text), body: []) == nil)
    }
  }
}
