// SPDX-License-Identifier: Apache-2.0
// A served project whose WhatsApp channel receives, and Meta on the other side.
import Glibc
import TestKit
import Testing
import Values

/// The channel *wa_main* leads to the strict server and takes webhooks signed with its app secret.
final class WhatsAppInboundWorld {
  let keeper = Operator()
  let cloud: PythonServer
  private(set) var host: ServedHost

  static let appSecret = "app secret of the test"
  static let verifyToken = "verify token of the test"

  /// - Parameters:
  ///   - errors: what the server answers whom.
  ///   - channel: what the channel has beside its name and credential.
  ///   - plugins: what the project has beside the channel's plugins.
  ///   - prepare: what else the operator sets before the host starts.
  init(
    errors: String = "{}", plugins: JSONObject = [:], channel: JSONObject = [:],
    prepare: (Operator) throws -> Void = { _ in }
  ) throws {
    cloud = try PythonServer("whatsapp_cloud", ["--errors", errors])
    var all: JSONObject = [
      "base": [:], "crm": [:],
      "whatsapp": Document.plugin(hosts: ["127.0.0.1:\(cloud.port)"], credentials: ["wa"]),
    ]
    for member in plugins { all[member.name] = member.value }
    var main: JSONObject = [
      "name": "wa_main", "kind": "whatsapp_cloud", "credential": "wa", "inbound": true,
    ]
    for member in channel { main[member.name] = member.value }
    try keeper.apply(project: Document.project(plugins: all, channels: [.object(main)]))
    let result = try keeper.command(
      [
        "credential", "set", "wa", "--kind", "whatsapp_cloud", "--field", "base_url=\(cloud.url)",
        "--field", "phone_number_id=106540352242922",
      ], input: "token-of-the-test\n\(Self.appSecret)\n\n\(Self.verifyToken)\n")
    try #require(result.isSuccess, "\(result.errors)")
    try prepare(keeper)
    host = try ServedHost(keeper)
  }

  /// `kill -9` of the host, and another host on the folder.
  func restart() throws {
    Glibc.kill(host.process.pid, SIGKILL)
    _ = try host.process.wait()
    host = try ServedHost(keeper)
  }

  /// The channel's URL, as its operator enters it at Meta.
  func url() throws -> String {
    try #require(try keeper.json("channel", "list")[0]?["url"]?.asText)
  }

  // MARK: what Meta does

  /// Posts a webhook as Meta does: non-ASCII escaped, and what is signed is what is sent.
  @discardableResult
  func deliver(_ values: JSONObject..., secret: String = appSecret) throws -> WebAnswer {
    let changes = values.map { value -> JSONValue in
      var value = value
      value["messaging_product"] = "whatsapp"
      value["metadata"] = ["phone_number_id": "106540352242922"]
      return ["field": "messages", "value": .object(value)]
    }
    let body: JSONValue = [
      "object": "whatsapp_business_account",
      "entry": [["id": "102290129340398", "changes": .list(changes)]],
    ]
    return try deliver(body: body, secret: secret)
  }

  func deliver(body: JSONValue, secret: String = appSecret) throws -> WebAnswer {
    let script = """
      import hashlib, hmac, json, sys
      body = json.dumps(json.loads(sys.stdin.buffer.read()), ensure_ascii=True)
      print(hmac.new(sys.argv[1].encode(), body.encode(), hashlib.sha256).hexdigest())
      print(body)
      """
    let made = try Subprocess.run(PythonServer.python, ["-c", script, secret], input: body.json)
    let lines = made.output.split(separator: "\n", maxSplits: 1)
    try #require(lines.count == 2, "\(made.errors)")
    var request = WebRequest(try url(), body: String(lines[1].dropLast()))
    request.headers["X-Hub-Signature-256"] = "sha256=\(lines[0])"
    return try request.send()
  }

  static func text(_ id: String, _ text: String, from: String = "15550002222") -> JSONValue {
    [
      "from": .text(from), "id": .text(id), "timestamp": .text(now), "type": "text",
      "text": ["body": .text(text)],
    ]
  }

  static func status(_ state: String, of message: JSONObject) -> JSONValue {
    var status: JSONObject = [
      "status": .text(state), "timestamp": .text(now), "recipient_id": "15550002222",
    ]
    for (name, value) in message { status[name] = value }
    return .object(status)
  }

  /// **Unit** seconds since 1970, as Meta writes them.
  static var now: String { String(time(nil)) }

  // MARK: what becomes of it

  /// What the server took, oldest first.
  func sent(_ count: Int) throws -> [JSONValue] {
    try poll(within: .seconds(60), for: "\(count) messages sent") {
      let all = try cloud.requestLines.map { try JSONValue(parsing: $0) }
        .filter { $0["status"] == 200 }
      return all.count >= count
        ? try all.map { try JSONValue(parsing: $0["body"]?.asText ?? "") } : nil
    }
  }

  /// The runs that received, when there are so many and they have ended.
  func received(_ count: Int) throws -> [RunView] {
    try poll(within: .seconds(60), for: "\(count) runs that receive") {
      let list = try keeper.json(
        "runs", "list", "--connector", "channel.wa_main", "--limit", "100")
      let runs = (list.asList ?? []).map { RunView(value: $0) }
      guard runs.count >= count, runs.allSatisfy(\.isFinished) else { return nil }
      return try runs.reversed().map { try keeper.show($0.id) }
    }
  }
}
