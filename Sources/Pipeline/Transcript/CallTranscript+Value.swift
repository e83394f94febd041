// SPDX-License-Identifier: Apache-2.0
// A transcript as its file says it.

import Values

extension CallTranscript {
  /// **Shape** `{format, what, plugin: {id, version, hash, build_id?, interfaces}, action, project,
  /// connector, component, run, attempt, key, budget_ms, started_at, duration_ms, parameters,
  /// context, settings, calls: [{service, after, request: message, answer?: {order, class?,
  /// …message}}],
  /// log, outcome}`; a message is `{json, body?, cut_bytes?}`, a body a text or `{base64}`; the
  /// outcome `{status: "ok", result}`, `{status: "error", class, error}`, `{status: "timeout",
  /// place?}` or `{status: "died", signal?, exit_code?, reason, place?}`. Times of a clock are
  /// milliseconds since 1970.
  package var value: JSONValue {
    var plugin: JSONObject = [
      "id": .text(self.plugin.id.rawValue), "version": .text(self.plugin.version),
      "hash": .text(self.plugin.hash),
    ]
    if let buildID = self.plugin.buildID { plugin["build_id"] = .text(buildID) }
    plugin["interfaces"] = .list(self.plugin.interfaces.map { .text($0) })
    return [
      "format": .integer(Self.format), "what": .text(Self.what), "plugin": .object(plugin),
      "action": .text(action.rawValue), "project": .text(project), "connector": .text(connector),
      "component": .text(component), "run": .integer(run), "attempt": .integer(Int64(attempt)),
      "key": .text(key), "budget_ms": .integer(budgetMS), "started_at": .integer(startedAt),
      "duration_ms": .integer(durationMS), "parameters": parameters, "context": context,
      "settings": settings, "calls": .list(exchanges.map(\.value)),
      "log": .list(log.map { .text($0) }), "outcome": ending.value,
    ]
  }

  static let what = "jackfield call"

  /// Reads a file.
  ///
  /// **Throws** what it is not, and where: `transcript_malformed`, `transcript_newer`.
  package init(value: JSONValue) throws(PipelineError) {
    guard value["what"]?.asText == Self.what else {
      throw PipelineError(
        code: "transcript_malformed",
        message: "this is no record of a call: jackfield runs show RUN --attempt N --record writes "
          + "one")
    }
    let reader = TranscriptReader(value)
    let format = try reader.integer("format")
    guard format == Self.format else {
      throw PipelineError(
        code: "transcript_newer",
        message: "the record has format \(format), this jackfield reads \(Self.format): use the "
          + "version that wrote it, or a later one")
    }
    let plugin = try reader.part("plugin")
    self.plugin = Plugin(
      id: PluginID(rawValue: try plugin.text("id")), version: try plugin.text("version"),
      hash: try plugin.text("hash"), buildID: plugin.value["build_id"]?.asText,
      interfaces: try plugin.list("interfaces").map { $0.value.asText ?? "" })
    action = ActionID(try reader.text("action"))
    project = try reader.text("project")
    connector = try reader.text("connector")
    component = try reader.text("component")
    run = try reader.integer("run")
    attempt = Int(clamping: try reader.integer("attempt"))
    key = try reader.text("key")
    budgetMS = try reader.integer("budget_ms")
    startedAt = try reader.integer("started_at")
    durationMS = try reader.integer("duration_ms")
    parameters = try reader.object("parameters")
    context = try reader.object("context")
    settings = try reader.object("settings")
    var exchanges: [Exchange] = []
    for call in try reader.list("calls") { exchanges.append(try Exchange(call)) }
    self.exchanges = exchanges
    log = value["log"]?.asList?.compactMap(\.asText) ?? []
    ending = try Ending(try reader.part("outcome"))
    try checkOrder()
  }

  /// Each place in the order of answers is taken once.
  private func checkOrder() throws(PipelineError) {
    let orders = exchanges.compactMap { $0.answer?.order }.sorted()
    guard orders == Array(1..<(orders.count + 1)) else {
      throw PipelineError(
        code: "transcript_malformed",
        message: "the answers are not numbered from 1 to \(orders.count) by \"order\": an answer "
          + "is missing, or stands there twice", path: "$.calls")
    }
  }
}

extension CallTranscript.Exchange {
  fileprivate var value: JSONValue {
    var object: JSONObject = [
      "service": .text(service), "after": .integer(Int64(after)), "request": request.value,
    ]
    if let answer {
      var shown: JSONObject = ["order": .integer(Int64(answer.order))]
      if let kind = answer.errorClass { shown["class"] = .text(kind.rawValue) }
      for (name, value) in answer.message.value.asObject ?? [:] { shown[name] = value }
      object["answer"] = .object(shown)
    }
    return .object(object)
  }

  fileprivate init(_ reader: TranscriptReader) throws(PipelineError) {
    self.init(
      service: try reader.text("service"),
      request: try CallTranscript.Message(try reader.part("request")),
      after: Int(clamping: try reader.integer("after")))
    guard reader.value["answer"] != nil else { return }
    let answer = try reader.part("answer")
    self.answer = CallTranscript.Answer(
      order: Int(clamping: try answer.integer("order")), errorClass: try answer.errorClass(),
      message: try CallTranscript.Message(answer))
  }
}

extension CallTranscript.Message {
  fileprivate var value: JSONValue {
    if let cutBytes { return ["cut_bytes": .integer(Int64(cutBytes))] }
    var object: JSONObject = ["json": json]
    if !body.isEmpty {
      object["body"] = String(validating: body, as: UTF8.self).map { .text($0) }
        ?? ["base64": .text(Base64Text.encode(body))]
    }
    return .object(object)
  }

  fileprivate init(_ reader: TranscriptReader) throws(PipelineError) {
    if reader.value["cut_bytes"] != nil {
      self.init(json: .null, cutBytes: Int(clamping: try reader.integer("cut_bytes")))
      return
    }
    guard let json = reader.value["json"] else { throw reader.wrong("json", "is missing") }
    self.init(json: json)
    switch reader.value["body"] {
    case nil: break
    case .text(let text)?: body = Array(text.utf8)
    case let other?:
      guard let text = other["base64"]?.asText, let bytes = Base64Text.decode(text) else {
        throw reader.wrong("body", "is neither a text nor {\"base64\": …}")
      }
      body = bytes
    }
  }
}

extension CallTranscript.Ending {
  /// **Shape** the member `outcome` of a transcript.
  package var value: JSONValue {
    switch self {
    case .returned(nil, let result): return ["status": "ok", "result": result]
    case .returned(let kind?, let error):
      return ["status": "error", "class": .text(kind.rawValue), "error": error]
    case .timeout(let place):
      var object: JSONObject = ["status": "timeout"]
      if !place.isEmpty { object["place"] = .list(place.map { .text($0) }) }
      return .object(object)
    case .died(let signal, let exitCode, let reason, let place):
      var object: JSONObject = ["status": "died", "reason": .text(reason)]
      if let signal { object["signal"] = .integer(Int64(signal)) }
      if let exitCode { object["exit_code"] = .integer(Int64(exitCode)) }
      if !place.isEmpty { object["place"] = .list(place.map { .text($0) }) }
      return .object(object)
    }
  }

  /// From that object.
  ///
  /// **Throws** `transcript_malformed`.
  package init(value: JSONValue) throws(PipelineError) { try self.init(TranscriptReader(value)) }

  fileprivate init(_ reader: TranscriptReader) throws(PipelineError) {
    let value = reader.value
    let place = value["place"]?.asList?.compactMap(\.asText) ?? []
    switch try reader.text("status") {
    case "ok": self = .returned(nil, try reader.object("result"))
    case "error":
      guard let kind = try reader.errorClass() else { throw reader.wrong("class", "is missing") }
      self = .returned(kind, try reader.object("error"))
    case "timeout": self = .timeout(place: place)
    case "died":
      self = .died(
        signal: value["signal"]?.asInteger.map { Int32(clamping: $0) },
        exitCode: value["exit_code"]?.asInteger.map { Int32(clamping: $0) },
        reason: try reader.text("reason"), place: place)
    case let other:
      throw reader.wrong("status", "is \"\(other)\": known are ok, error, timeout, died")
    }
  }
}

/// Reads the parts of a transcript, and says which is not as it must be.
private struct TranscriptReader {
  let value: JSONValue
  private let path: String

  init(_ value: JSONValue, path: String = "$") {
    self.value = value
    self.path = path
  }

  func wrong(_ name: String, _ what: String) -> PipelineError {
    PipelineError(
      code: "transcript_malformed",
      message: "\"\(name)\" \(what): the record was cut or edited, ask for it again",
      path: "\(path).\(name)")
  }

  func text(_ name: String) throws(PipelineError) -> String {
    guard let text = value[name]?.asText else { throw wrong(name, "is no text") }
    return text
  }

  /// None of them is ever negative.
  func integer(_ name: String) throws(PipelineError) -> Int64 {
    guard let number = value[name]?.asInteger, number >= 0 else {
      throw wrong(name, "is no whole number from 0 on")
    }
    return number
  }

  func object(_ name: String) throws(PipelineError) -> JSONValue {
    guard let object = value[name], object.asObject != nil else { throw wrong(name, "is no object") }
    return object
  }

  func part(_ name: String) throws(PipelineError) -> TranscriptReader {
    TranscriptReader(try object(name), path: "\(path).\(name)")
  }

  func list(_ name: String) throws(PipelineError) -> [TranscriptReader] {
    guard let list = value[name]?.asList else { throw wrong(name, "is no list") }
    return list.enumerated().map { TranscriptReader($0.element, path: "\(path).\(name)[\($0.offset)]") }
  }

  func errorClass() throws(PipelineError) -> ErrorClass? {
    guard let text = value["class"] else { return nil }
    guard let kind = text.asText.flatMap(ErrorClass.init) else {
      throw wrong(
        "class", "is \(text.json): known are " + ErrorClass.allCases.map(\.rawValue)
          .joined(separator: ", "))
    }
    return kind
  }
}
