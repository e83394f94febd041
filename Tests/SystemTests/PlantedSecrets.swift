// SPDX-License-Identifier: Apache-2.0
// A project with a credential of every kind, each secret planted so that it is known again.
import TestKit
import Testing
import Values

/// Credentials of every kind of every bundled plugin, bound to peers that echo their secrets.
struct PlantedSecrets {
  /// One credential of the project.
  struct Planted: Sendable {
    let name: String
    let kind: String
    var fields: [String: String] = [:]
    /// In the order in which they are asked for.
    let secrets: [String]
    /// Whether the operator says where it may go.
    var isBoundByHost = true
  }

  /// Those of the plugin `http`, one for each way of sending.
  static let ofHTTP = ["bearer", "basic", "header", "query", "signature", "standard_webhook", "aws"]

  let keeper = Operator()
  let peer: PythonServer
  let mail: PythonServer
  let strictMail: PythonServer
  let planted: [Planted]
  private let list = TemporaryFolder()

  init() throws {
    var planted = Self.http()
    let mails = [Self.secret("mail"), Self.secret("strict")]
    let names = ["ai", "ai_error", "wa", "wa_error"]
    let tokens = names.map { Self.secret($0) }
    var known = JSONObject(
      planted.map { (name: $0.name, value: .list($0.secrets.map { .text($0) })) })
    for (name, token) in zip(names, tokens) { known[name] = [.text(token)] }
    peer = try PythonServer("echo_secrets", ["--secrets", JSONValue.object(known).json])
    mail = try Self.mailServer(mails[0], echoes: "BODY", "250 2.0.0 took it from ")
    strictMail = try Self.mailServer(mails[1], echoes: "AUTH", "535 5.7.8 not the password: ")
    for (name, token) in zip(names, tokens) {
      let url = peer.url + (name.hasSuffix("error") ? "/error/" : "/body/") + name
      let isAI = name.hasPrefix("ai")
      planted.append(
        Planted(
          name: name, kind: isAI ? "openai" : "whatsapp_cloud",
          fields: ["base_url": url, isAI ? "model" : "phone_number_id": "1"],
          secrets: [token], isBoundByHost: false))
    }
    for (name, server, password) in [("mail", mail, mails[0]), ("strict", strictMail, mails[1])] {
      planted.append(
        Planted(
          name: name, kind: "mail",
          fields: [
            "host": "127.0.0.1", "port": String(server.port), "security": "none", "user": "user",
            "from": "a@test.test",
          ], secrets: [password], isBoundByHost: false))
    }
    planted.append(
      Planted(name: "hook", kind: "secret", secrets: [Self.word()], isBoundByHost: false))
    self.planted = planted
    try set()
  }

  private static func http() -> [Planted] {
    ofHTTP.map { kind in
      switch kind {
      case "basic":
        Planted(name: kind, kind: kind, fields: ["user": "user"], secrets: [secret(kind)])
      case "standard_webhook": Planted(name: kind, kind: kind, secrets: ["whsec_" + word()])
      case "aws":
        Planted(
          name: kind, kind: kind, fields: ["access_key": "AKID", "service": "sqs"],
          secrets: [secret(kind), secret("token")])
      case "header":
        Planted(name: kind, kind: kind, fields: ["header": "X-Key"], secrets: [secret(kind)])
      default: Planted(name: kind, kind: kind, secrets: [secret(kind)])
      }
    }
  }

  /// With every character that an encoding writes otherwise.
  private static func secret(_ name: String) -> String { #"Pl4/<\#(name)>&"'\+=%"# + word() }

  /// 32 characters, which are base64 too.
  private static func word() -> String {
    let letters = Array("ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789")
    return String((0..<32).map { _ in letters.randomElement() ?? "x" })
  }

  private static func mailServer(
    _ password: String, echoes stage: String, _ words: String
  ) throws -> PythonServer {
    let spell = "import sys; sys.path.insert(0, sys.argv[1]); import spellings; "
      + "print(' '.join(spellings.encoded(sys.argv[2]).values()))"
    let spelled = try Subprocess.run(
      PythonServer.python, ["-c", spell, PackageFolder.path + "/Tests/Servers", password])
    let line = words + spelled.output.filter { $0 != "\n" }
    return try PythonServer(
      "smtp_server",
      [
        "--user", "user", "--password", password, "--script",
        JSONValue.object([stage: .text(line)]).json,
      ])
  }

  /// Stores the credentials, and grants them to every plugin.
  private func set() throws {
    let here = "127.0.0.1:\(peer.port)"
    try keeper.apply(project: Document.project())
    let views = try FixturePlugin("views", as: "acme-views")
    try keeper.command("plugin", "install", views.folder.path)
    for each in planted {
      var words = ["credential", "set", each.name, "--kind", each.kind]
      for (name, value) in each.fields { words += ["--field", "\(name)=\(value)"] }
      if each.isBoundByHost { words += ["--host", here] }
      let result = try keeper.command(words, input: each.secrets.joined(separator: "\n") + "\n")
      try #require(result.isSuccess, "\(words): \(result.errors)")
    }
    let all = Document.plugin(
      hosts: [here], credentials: planted.map(\.name), fallback: "continue")
    try keeper.apply(
      project: Document.project(
        plugins: [
          "http": all, "acme-views": all, "chatgpt": all, "whatsapp": all, "email": all,
        ],
        channels: [
          ["name": "phone", "kind": "whatsapp_cloud", "credential": "wa"],
          ["name": "phone_error", "kind": "whatsapp_cloud", "credential": "wa_error"],
          ["name": "mail", "kind": "email", "credential": "mail"],
          ["name": "strict", "kind": "email", "credential": "strict"],
        ]))
  }

  func secrets(of name: String) -> [String] { planted.first { $0.name == name }?.secrets ?? [] }

  /// Each place below the folders where a secret stands, in whatever spelling.
  func find(in folders: [String]) throws -> String {
    let all = JSONValue.list(planted.flatMap(\.secrets).map { .text($0) }).json
    let script = PackageFolder.path + "/Tests/System/find_secrets.py"
    let result = try Subprocess.run(
      PythonServer.python, [script, list.write(all, to: "secrets.json")] + folders)
    try #require(result.isSuccess, "\(result.errors)")
    return result.output
  }
}
