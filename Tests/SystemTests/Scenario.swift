// SPDX-License-Identifier: Apache-2.0
// A served project in which connectors of every kind can be tried.
import Glibc
import TestKit
import Testing
import Values

/// A running host whose project has the table *Seen*, the CRM, the controls, the channel *phone*
/// and, where asked for, an HTTP target.
final class Scenario {
  let keeper = Operator()
  let target: PythonServer?
  private(set) var host: ServedHost
  private var urls: [String: String] = [:]

  /// - Parameters:
  ///   - script: the target's, as `http_target.py --help` says; nil for no target.
  ///   - policy: of the plugin `http`, on top of a rate that does not get in the way.
  ///   - plugins: what else the project enables.
  ///   - prepare: what is done before the host starts, such as setting credentials.
  init(
    script: JSONValue? = nil, policy: JSONObject = [:], plugins: JSONObject = [:],
    more: JSONObject = [:], channels: [JSONValue] = [],
    prepare: (Operator) throws -> Void = { _ in }
  ) throws {
    target = try script.map { try PythonServer("http_target", ["--script", $0.json]) }
    let project = Self.project(
      target: target, policy: policy, plugins: plugins, more: more, channels: channels)
    try keeper.apply(project: project)
    try prepare(keeper)
    host = try ServedHost(keeper)
  }

  static let phone: JSONValue = [
    "name": "phone", "kind": "whatsapp_cloud", "credential": "wa",
  ]

  private static func project(
    target: PythonServer?, policy: JSONObject, plugins: JSONObject, more: JSONObject,
    channels: [JSONValue]
  ) -> JSONValue {
    var all: JSONObject = ["crm": [:], "base": [:], "control": [:]]
    for member in plugins { all[member.name] = member.value }
    if let target {
      var whole: JSONObject = [
        "rate": ["calls": 1000, "per": "1 min"], "retry": ["attempts": 1],
      ]
      for member in policy { whole[member.name] = member.value }
      all["http"] = [
        "grants": ["hosts": [.text("127.0.0.1:\(target.port)")]], "policy": .object(whole),
      ]
    }
    var project = Document.project(plugins: all, channels: channels.isEmpty ? [phone] : channels)
      .asObject ?? [:]
    for member in more { project[member.name] = member.value }
    return .object(project)
  }

  /// Applies a connector; `post` finds it by its name.
  func apply(_ connector: JSONValue) throws {
    let name = try #require(connector["name"]?.asText)
    urls[name] = try keeper.apply(connector: connector)
  }

  func url(of name: String) throws -> String { try #require(urls[name], "\(name) is not applied") }

  /// Starts a run.
  func post(_ name: String, _ event: JSONValue = [:]) throws -> Int64 {
    try host.post(event, to: url(of: name))
  }

  /// Starts a run and returns it when it has ended.
  func finish(_ name: String, _ event: JSONValue = [:]) throws -> RunView {
    try keeper.waitForEnd(of: post(name, event))
  }

  /// Returns the run when it is in a state.
  @discardableResult
  func wait(for run: Int64, toBe state: String) throws -> RunView {
    try poll(for: "run \(run) to be \(state)") {
      let view = try keeper.show(run)
      return view.state == state ? view : nil
    }
  }

  /// Why a run is not moving, when it is for this reason.
  func wait(for run: Int64, standsAt reason: String) throws -> JSONValue {
    try poll(for: "run \(run) to stand at \(reason)") {
      let why = try keeper.json("runs", "explain", String(run))
      return why["reason"]?.asText == reason ? why : nil
    }
  }

  /// `jackfield raise`.
  func raise(_ kind: String, _ event: JSONValue, _ words: String...) throws -> JSONValue {
    let file = keeper.write(event, to: "raised.json")
    let result = try keeper.command(["raise", kind, file, "--json"] + words)
    try #require(result.isSuccess, "raise \(kind): \(result.errors)\(result.output)")
    return try JSONValue(parsing: result.output)
  }

  /// The run that raising an event started.
  func started(by raised: JSONValue) throws -> Int64 {
    let run = raised["runs"]?[0]?["run"]
    return try #require(run?.asInteger ?? run?.asText.flatMap { Int64($0) }, "\(raised)")
  }

  /// `kill -9` of the host and of nobody else, and another host on the folder.
  func restart() throws {
    Glibc.kill(host.process.pid, SIGKILL)
    _ = try host.process.wait()
    try serveAgain()
  }

  /// Another host on the folder, after the one before has ended.
  func serveAgain() throws {
    host = try ServedHost(keeper)
    for (name, url) in urls {
      let token = url.split(separator: "/").last.map(String.init) ?? ""
      urls[name] = host.url + "/in/" + token
    }
  }

  /// A request to the target.
  func request(_ id: String, _ path: String, _ more: JSONObject = [:]) throws -> JSONValue {
    let target = try #require(target)
    let effect = more["effect"] ?? "keyed"
    var rest = more
    rest["effect"] = nil
    return Document.action(
      id, "http.request",
      with: ["method": "POST", "url": .text(target.url + path), "effect": effect], rest)
  }
}

extension Document {
  /// A connector with what else stands at its top, and its steps.
  static func connector(
    _ name: String, _ more: JSONObject = [:], steps: JSONValue...
  ) -> JSONValue {
    var document: JSONObject = [
      "format": 1, "project": .text(project), "name": .text(name), "trigger": ["webhook": [:]],
    ]
    for member in more { document[member.name] = member.value }
    document["steps"] = .list(steps)
    return .object(document)
  }

  static func step(
    _ id: String, forEach: JSONValue? = nil, _ components: JSONValue...
  ) -> JSONValue {
    var step: JSONObject = ["id": .text(id)]
    step["for_each"] = forEach
    step["components"] = .list(components)
    return .object(step)
  }

  static func delay(_ id: String, _ members: JSONObject) -> JSONValue {
    var delay: JSONObject = ["id": .text(id)]
    for member in members { delay[member.name] = member.value }
    return ["delay": .object(delay)]
  }

  /// Maps the contact of `event.phone` on the channel *phone*.
  static let contact: JSONValue = [
    "channel": "phone", "number": "{{event.phone}}", "fields": ["name": "{{event.name}}"],
  ]

  /// A point in time as documents write it, so many seconds from now.
  static func time(inSeconds seconds: Int) -> JSONValue {
    .integer(Int64(Glibc.time(nil)) + Int64(seconds))
  }
}
