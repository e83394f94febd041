// SPDX-License-Identifier: Apache-2.0
import Testing
import Values

@testable import Pipeline

@Suite struct CallTranscriptTests {
  private typealias Message = CallTranscript.Message

  private static func transcript(_ ending: CallTranscript.Ending) -> CallTranscript {
    CallTranscript(
      plugin: .init(
        id: "http", version: "1.2.3", hash: "ab", buildID: "cd", interfaces: ["jackfield.http/1"]),
      action: "http.request", project: "acme", connector: "c", component: "a", run: 7, attempt: 2,
      key: "k", budgetMS: 60_000, startedAt: 1, durationMS: 2, parameters: ["a": 1.50],
      context: ["run": "7"], settings: [:],
      exchanges: [
        .init(
          service: "http.send", request: Message(json: ["url": "u"], body: Array("text".utf8)),
          after: 0,
          answer: .init(
            order: 2, errorClass: nil, message: Message(json: ["status": 200], body: [0xFF, 0, 1]))),
        .init(
          service: "records.get", request: Message(json: [:]), after: 0,
          answer: .init(order: 1, errorClass: .notFound, message: Message(json: ["code": "x"]))),
        .init(
          service: "http.send", request: Message(json: .null, cutBytes: 300_000), after: 2,
          answer: .init(order: 3, errorClass: nil, message: Message(json: .null, cutBytes: 9))),
        .init(service: "http.send", request: Message(json: [:]), after: 3),
      ], log: ["one", "two"], ending: ending)
  }

  @Test(arguments: [
    CallTranscript.Ending.returned(nil, ["a": [1, "x"]]),
    .returned(.unknownOutcome, ["code": "c", "message": "m"]),
    .timeout(place: []), .timeout(place: ["spin", "run"]),
    .died(signal: 11, exitCode: nil, reason: "signalled", place: ["run"]),
    .died(signal: nil, exitCode: 3, reason: "exited", place: []),
  ])
  func `what is written is read back`(_ ending: CallTranscript.Ending) throws {
    let transcript = Self.transcript(ending)
    let text = transcript.value.prettyJSON
    #expect(try CallTranscript(value: try JSONValue(parsing: text)) == transcript, "\(text)")
  }

  @Test func `what is struck out is struck out of texts and bodies, and of nothing else`() {
    let transcript = Self.transcript(.returned(nil, ["a": "text"]))
    let other = transcript.redacted({ $0 == "u" ? "***" : $0 }) { $0.count == 3 ? [1] : $0 }
    #expect(other.exchanges[0].answer?.message.body == [1])
    #expect(other.exchanges[0].request == transcript.exchanges[0].request)
    #expect(other.exchanges[2] == transcript.exchanges[2] && other.exchanges[3].answer == nil)
    #expect(other.key == transcript.key && other.plugin == transcript.plugin)
    let all = transcript.redacted({ _ in ["gone": true] }) { _ in [] }
    #expect(all.parameters == ["gone": true] && all.context == ["gone": true])
    #expect(all.ending == .returned(nil, ["gone": true]) && all.settings == ["gone": true])
  }

  @Test func `each part that is missing or of another kind is named`() throws {
    let good = Self.transcript(.returned(nil, [:])).value
    for name in good.asObject?.names ?? [] where name != "log" {
      for value: JSONValue? in [nil, .boolean(true)] {
        var object = try #require(good.asObject)
        object[name] = value
        let error = #expect(throws: PipelineError.self, "\(name) may be \(value?.json ?? "missing")") {
          try CallTranscript(value: .object(object))
        }
        #expect(name == "what" || error?.path == "$.\(name)", "\(String(describing: error))")
      }
    }
  }

  @Test(arguments: [
    (#"[{"service":"x","after":0}]"#, "$.calls[0].request"),
    (#"[{"service":"x","after":0,"request":{"json":1,"body":5}}]"#, "$.calls[0].request.body"),
    (
      #"[{"service":"x","after":0,"request":{"json":1,"body":{"base64":"%%"}}}]"#,
      "$.calls[0].request.body"
    ),
    (
      #"[{"service":"x","after":0,"request":{"json":1},"answer":{"order":1,"class":"odd","json":1}}]"#,
      "$.calls[0].answer.class"
    ),
    (
      #"[{"service":"x","after":0,"request":{"json":1},"answer":{"order":2,"json":1}}]"#, "$.calls"
    ),
  ])
  func `a call that is not whole is named`(calls: String, path: String) throws {
    var object = try #require(Self.transcript(.returned(nil, [:])).value.asObject)
    object["calls"] = try JSONValue(parsing: calls)
    let error = try #require(throws: PipelineError.self) {
      try CallTranscript(value: .object(object))
    }
    #expect(error.path == path, "\(error)")
  }
}
