// SPDX-License-Identifier: Apache-2.0
// A served project with a channel of a kind that only a test's plugin knows.
import Glibc
import TestKit
import Testing
import Values

/// A host whose project has the table *Seen* and the channel *loft* of kind `pigeon`, which
/// receives.
final class Loft {
  let keeper = Operator()
  let plugin: FixturePlugin
  private(set) var host: ServedHost

  static let ring = "a ring on the left leg"
  static let token = "what the loft was told"

  /// - Parameters:
  ///   - ring: the secret of the channel's credential; nil leaves the credential unset.
  ///   - next: the secret that comes after it.
  ///   - baseURL: where the credential's test goes.
  init(
    ring: String? = Loft.ring, next: String = "", baseURL: String = "http://127.0.0.1:9",
    channel: JSONObject = [:]
  ) throws {
    plugin = try FixturePlugin("pigeon", as: "acme-pigeon")
    try keeper.command("plugin", "install", plugin.folder.path)
    try keeper.apply(project: Loft.project(channel: channel))
    if let ring { try Loft.setKey(keeper, ring: ring, next: next, baseURL: baseURL) }
    host = try ServedHost(keeper)
  }

  static func project(
    _ name: String = Document.project, channel more: JSONObject = [:]
  ) -> JSONValue {
    var channel: JSONObject = [
      "name": "loft", "kind": "pigeon", "credential": "loft_key", "inbound": true,
    ]
    for member in more { channel[member.name] = member.value }
    var document =
      Document.project(
        plugins: ["acme-pigeon": [:], "base": [:], "crm": [:]], channels: [.object(channel)]
      ).asObject ?? [:]
    document["name"] = .text(name)
    return .object(document)
  }

  static func setKey(
    _ keeper: Operator, ring: String, next: String = "", baseURL: String = "http://127.0.0.1:9",
    project: String = Document.project
  ) throws {
    let result = try keeper.command(
      [
        "credential", "set", "loft_key", "--kind", "pigeon_key", "--project", project, "--field",
        "base_url=\(baseURL)",
      ], input: "\(ring)\n\(token)\n\(next)\n")
    try #require(result.isSuccess, "\(result.errors)")
  }

  /// The channel as `channel list` shows it.
  func channel(project: String = Document.project) throws -> JSONValue {
    try #require(try keeper.json("channel", "list", "--project", project)[0])
  }

  func url(project: String = Document.project) throws -> String {
    try #require(try channel(project: project)["url"]?.asText)
  }

  // MARK: what a provider does

  /// Posts a body as a pigeon brings it.
  func deliver(
    _ body: String, ring: String = Loft.ring, scheme: Scheme = .meta, to url: String? = nil,
    headers: [String: String] = [:]
  ) throws -> WebAnswer {
    var request = WebRequest(try url ?? self.url(), body: body)
    let code = try Loft.code(body, ring, scheme)
    switch scheme {
    case .meta: request.headers["X-Hub-Signature-256"] = "sha256=" + code
    case .leg: request.headers["X-Leg-Hmac"] = code
    }
    for header in headers { request.headers[header.key] = header.value }
    return try request.send()
  }

  enum Scheme: String {
    case meta = "sha256"
    case leg = "sha512"
  }

  private static func code(_ body: String, _ key: String, _ scheme: Scheme) throws -> String {
    let script =
      "import hmac, sys; print(hmac.new(sys.argv[1].encode(), sys.stdin.buffer.read(), "
      + "sys.argv[2]).hexdigest())"
    let output = try Subprocess.run(
      PythonServer.python, ["-c", script, key, scheme.rawValue], input: body
    ).output
    return try #require(output.split(separator: "\n").first.map(String.init))
  }

  /// Asks whether the URL is ours.
  func ask(_ query: String) throws -> WebAnswer {
    var request = WebRequest(try url() + "?" + query)
    request.method = "GET"
    request.headers = [:]
    return try request.send()
  }

  /// A batch as the plugin takes it.
  static func batch(_ entries: JSONValue..., more: JSONObject = [:]) -> String {
    var body: JSONObject = ["entries": .list(entries)]
    for member in more { body[member.name] = member.value }
    return JSONValue.object(body).json
  }

  static func entry(_ kind: String, key: String = "", _ event: JSONObject) -> JSONValue {
    var whole: JSONObject = ["channel": "loft"]
    for member in event { whole[member.name] = member.value }
    return ["kind": .text(kind), "key": .text(key), "event": .object(whole)]
  }

  static func message(
    _ text: String, key: String = "", from number: String = "+15550001111"
  ) -> JSONValue {
    entry("message", key: key, ["number": .text(number), "text": .text(text)])
  }

  /// News of an attempt.
  static func news(
    _ key: String, _ state: String, target: String = "t1", _ more: JSONObject = ["code": "c1"]
  ) -> JSONValue {
    var news: JSONObject = ["state": .text(state), "target": .text(target)]
    for member in more { news[member.name] = member.value }
    return ["key": .text(key), "news": .object(news)]
  }

  /// Tells news, and returns what the action that told them was told.
  ///
  /// - Parameter count: how many runs have received something with this one.
  @discardableResult
  func tell(
    _ news: JSONValue..., count: Int, project: String = Document.project
  ) throws -> JSONValue {
    let body = Loft.batch(more: ["news": .list(news), "n": .integer(Int64(count))])
    let answer = try deliver(body, to: url(project: project))
    try #require(answer.status == 200, "\(answer)")
    let run = try #require(try received(count, project: project).last)
    return try #require(run["receive"].output["settled"], "\(run)")
  }

  // MARK: what becomes of it

  /// The runs of the channel's own connector, the earliest first, when there are so many and they
  /// have ended.
  func received(_ count: Int, project: String = Document.project) throws -> [RunView] {
    try poll(within: .seconds(60), for: "\(count) runs that receive") {
      let list = try keeper.json(
        "runs", "list", "--project", project, "--connector", "channel.loft", "--limit", "100")
      let runs = (list.asList ?? []).map { RunView(value: $0) }
      guard runs.count >= count, runs.allSatisfy(\.isFinished) else { return nil }
      return try runs.reversed().map { try keeper.show($0.id) }
    }
  }

  /// The rows of *Seen* when there are so many.
  func seen(_ count: Int) throws -> [String] {
    try poll(within: .seconds(60), for: "\(count) rows") {
      let keys = try keeper.keys()
      return keys.count >= count ? keys : nil
    }
  }

  /// `kill -9` of the host and of nobody else, and another host on the folder.
  func restart() throws {
    Glibc.kill(host.process.pid, SIGKILL)
    _ = try host.process.wait()
    host = try ServedHost(keeper)
  }
}
