// SPDX-License-Identifier: Apache-2.0
// A project whose WhatsApp channel leads to a bridge of the tests.
import TestKit
import Testing
import Values

/// The channel *web*, the credential *bridge*, and WAHA or go-whatsapp-web-multidevice.
struct GatewayWorld {
  /// The bridges, one of them as an engine that says little.
  enum Bridge: String, CaseIterable, Sendable {
    case waha, silent, gowa
  }

  /// The own account.
  static let own = "15550009999"

  let keeper = Operator()
  let server: PythonServer

  /// - Parameter channel: settings of the channel, on top of no gap.
  init(
    _ bridge: Bridge, state: JSONObject = [:], channel: JSONObject = [:], server more: [String] = [],
    enabled: [String] = ["whatsapp", "whatsapp_group"]
  ) throws {
    let isGOWA = bridge == .gowa
    server = try PythonServer(
      isGOWA ? "gowa" : "waha",
      ["--state", JSONValue.object(state).json] + (bridge == .silent ? ["--silent"] : []) + more)
    var settings: JSONObject = ["gap": "0 s"]
    for member in channel { settings[member.name] = member.value }
    let web: JSONValue = [
      "name": "web", "kind": "whatsapp_gateway", "credential": "bridge",
      "settings": .object(settings),
    ]
    let plugin = Document.plugin(hosts: ["127.0.0.1:\(server.port)"], credentials: ["bridge"])
    try keeper.apply(
      project: Document.project(
        plugins: JSONObject(enabled.map { (name: $0, value: plugin) }),
        channels: [
          web, ["name": "phone", "kind": "whatsapp_cloud", "credential": "bridge"],
        ]))
    try keeper.set(
      credential: "bridge",
      kind: enabled == ["whatsapp_group"] ? "whatsapp_groups" : "whatsapp_gateway",
      fields: isGOWA
        ? [
          "adapter": "gowa", "base_url": server.url, "session": "desk",
          "auth_header": "Authorization",
        ] : ["base_url": server.url],
      secret: isGOWA ? "Basic ZGVzazpzZWNyZXQtb2YtdGhlLXRlc3Q=" : "key-of-the-test")
  }

  /// A group of the own account with so many other members, 15550001000 and on.
  static func group(
    _ name: String, members: Int, own role: String = "superadmin", announce: Bool = false,
    owner: String = own
  ) -> JSONValue {
    var all: JSONObject = [own: .text(role)]
    for number in 0..<members { all["\(15_550_001_000 + number)"] = "participant" }
    return [
      "name": .text(name), "owner": .text(owner), "announce": .boolean(announce),
      "members": .object(all),
    ]
  }

  /// One run of one action.
  func run(_ action: String, _ parameters: JSONObject) throws -> (view: RunView, code: Int32) {
    var all: JSONObject = ["channel": "web"]
    for member in parameters { all[member.name] = member.value }
    return try keeper.run(
      Document.connector(
        "groups",
        Document.action("do", action, with: .object(all), ["retry": ["attempts": 1]])))
  }

  /// The result of an action that must succeed.
  func result(_ action: String, _ parameters: JSONObject) throws -> JSONValue {
    let (view, code) = try run(action, parameters)
    try #require(code == 0, "\(view)")
    return view["do"].output
  }

  /// What the bridge's WhatsApp looks like now.
  func state() throws -> JSONValue {
    var request = WebRequest(server.url + "/_test")
    request.method = "GET"
    return try JSONValue(parsing: try request.send().body)
  }

  /// Changes it, as people do with their phones.
  func merge(_ change: JSONObject) throws {
    let answer = try WebRequest(server.url + "/_test", body: JSONValue.object(change).json).send()
    try #require(answer.status == 200, "\(answer.body)")
  }

  /// The groups of a name, each with its id.
  func groups(named name: String) throws -> [(id: String, group: JSONValue)] {
    (try state()["groups"]?.asObject ?? [:]).filter { $0.value["name"]?.asText == name }
      .map { ($0.name, $0.value) }
  }

  /// The members of the only group of a name, without the own account.
  func members(of name: String) throws -> [String] {
    let found = try groups(named: name)
    try #require(found.count == 1, "\(found)")
    return (found[0].group["members"]?.asObject?.names ?? []).filter { $0 != Self.own }.sorted()
  }
}
