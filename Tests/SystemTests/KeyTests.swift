// SPDX-License-Identifier: Apache-2.0
// The data folder's key: changed, lost, of another folder; and new secrets in old credentials.
import Glibc
import TestKit
import Testing
import Values

@Suite struct KeyTests {
  private let keeper = Operator()
  private let target: PythonServer

  init() throws {
    target = try PythonServer("http_target")
    let here = "127.0.0.1:\(target.port)"
    try keeper.apply(
      project: Document.project(plugins: ["http": Document.plugin(hosts: [here])]))
    for name in ["first", "second"] {
      let set = try keeper.command(
        ["credential", "set", name, "--kind", "bearer", "--host", here], input: "old-of-\(name)\n")
      try #require(set.isSuccess, "\(set.errors)")
    }
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: [here], credentials: ["first", "second"])
      ]))
  }

  private var key: String { keeper.folder.path + "/secret.key" }

  /// Asks with a credential; the secret that arrived.
  private func ask(_ name: String) throws -> String {
    let run = try keeper.run(
      Document.connector(
        "get",
        Document.action(
          "get", "http.request", with: ["url": .text(target.url + "/"), "credential": .text(name)])))
    #expect(run.code == 0, "\(run.view)")
    let seen = try JSONValue(parsing: target.requestLines.last ?? "")
    return seen["headers"]?["authorization"]?.asText ?? ""
  }

  private func rotateKey() throws -> JSONValue { try keeper.json("credential", "rotate-key") }

  // MARK: a new secret

  @Test func `a new secret takes the old one's place, here and under a running host`() throws {
    try keeper.command("credential", "rotate", "first", input: "new-of-first\n")
    #expect(try ask("first") == "Bearer new-of-first")
    let host = try ServedHost(keeper)
    let shown = try keeper.command("credential", "rotate", "second", input: "new-of-second\n")
    #expect(shown == "stored second with its new secret\n")
    #expect(try ask("second") == "Bearer new-of-second")
    #expect(try ask("first") == "Bearer new-of-first")
    try host.stop()
    let listed = try keeper.json("credential", "list")
    let hosts = (listed.asList ?? []).map { $0["fields"]?["hosts"]?.json }
    #expect(hosts == Array(repeating: "[\"127.0.0.1:\(target.port)\"]", count: 2))
  }

  @Test func `nothing new changes nothing, and a secret goes in by no option`() throws {
    let empty = try keeper.command(["credential", "rotate", "first"], input: "\n")
    #expect(empty.errors.contains("no new secret was given"), "\(empty.errors)")
    let unknown = try keeper.command(["credential", "rotate", "frist"], input: "x\n")
    #expect(unknown.errors.contains("did you mean \"first\""), "\(unknown.errors)")
    #expect(try ask("first") == "Bearer old-of-first")
  }

  @Test func `a short secret is not bound to a host that is spoken to in the clear`() throws {
    let cases = [
      (["--kind", "bearer", "--host", "127.0.0.1:\(target.port)"], false),
      (["--kind", "bearer", "--host", "api.example.com"], true),
      (["--kind", "openai", "--field", "base_url=http://127.0.0.1:1/v1"], false),
      (["--kind", "openai", "--field", "base_url=https://127.0.0.1:1/v1"], true),
      (["--kind", "mail", "--field", "host=a.example", "--field", "from=a@b.example",
        "--field", "security=none"], false),
      (["--kind", "mail", "--field", "host=a.example", "--field", "from=a@b.example"], true),
    ]
    for (words, isTaken) in cases {
      let set = try keeper.command(["credential", "set", "short"] + words, input: "7 bytes\n")
      #expect(set.isSuccess == isTaken, "\(words): \(set.errors)")
      #expect(isTaken || set.errors.contains("less than 8 bytes"), "\(words): \(set.errors)")
    }
    let rotated = try keeper.command(["credential", "rotate", "first"], input: "7 bytes\n")
    #expect(rotated.errors.contains("less than 8 bytes"), "\(rotated.errors)")
    #expect(try ask("first") == "Bearer old-of-first")
  }

  // MARK: a new key

  @Test func `a new key opens everything, also beside a running host, and the old one nothing`()
    throws
  {
    let old = try #require(TestFile.bytes(of: key))
    let host = try ServedHost(keeper)
    let rotation = try rotateKey()
    #expect(rotation["credentials"] == 2 && rotation["key"] != rotation["former_key"])
    #expect(try ask("first") == "Bearer old-of-first")
    try host.stop()
    #expect(TestFile.bytes(of: key) != old)
    #expect(try ask("second") == "Bearer old-of-second")
    #expect(TestFile.names(in: keeper.folder.path).filter { $0.contains("key") } == ["secret.key"])
    try replaceKey(with: old)
    #expect(try keeper.command(["doctor"]).output.contains("was sealed with key"))
  }

  @Test(arguments: [("drafted", false), ("sealed", false), ("committed", true)])
  func `a kill in the middle of a change of keys loses nothing`(
    _ point: String, _ isChanged: Bool
  ) throws {
    let old = try #require(TestFile.bytes(of: key))
    let log = keeper.folder.file("fault.log")
    let result = try Subprocess.run(
      BuiltProducts.program("jackfield"),
      ["credential", "rotate-key", "--data", keeper.folder.path],
      environment: ["JACKFIELD_FAULT": "\(point):1:host", "JACKFIELD_FAULT_LOG": log])
    #expect(result.status == .signalled(SIGKILL), "\(result)")
    #expect(TestFile.text(of: log) == "\(point) host\n")
    #expect(TestFile.bytes(of: key) == old, "the old key stays until the new one is all in use")
    #expect(TestFile.bytes(of: key + ".next") != nil)

    #expect(try ask("first") == "Bearer old-of-first")
    #expect(try ask("second") == "Bearer old-of-second")
    #expect((TestFile.bytes(of: key) != old) == isChanged)
    #expect(TestFile.bytes(of: key + ".next") == nil)
    // And it can be done again.
    #expect(try rotateKey()["credentials"] == 2)
    #expect(try ask("first") == "Bearer old-of-first")
  }

  // MARK: the wrong key

  @Test func `a host does not start on another key, and says which it wants`() throws {
    let sealed = try keyID()
    try replaceKey(with: [UInt8](repeating: 7, count: 32))
    let present = try keyID()
    let refused = try keeper.command(["serve", "--port", "0", "--json"])
    #expect(refused.status == .exited(1))
    for word in ["wrong_key", sealed, present, "first", "--without-secrets", "credential remove"] {
      #expect(refused.errors.contains(word), "\(word): \(refused.errors)")
    }
    // A run of one document is a host too.
    #expect(throws: WebFailure.self) { try ask("first") }
    // What is set again is sealed with the key there is; the rest can be removed.
    let here = "127.0.0.1:\(target.port)"
    try keeper.command(
      "credential", "set", "first", "--kind", "bearer", "--host", here, input: "set-again\n")
    try keeper.command("credential", "remove", "second")
    #expect(try ask("first") == "Bearer set-again")
    try ServedHost(keeper).stop()
  }

  @Test func `a key that is gone is not made anew while something is sealed with it`() throws {
    let old = try #require(TestFile.bytes(of: key))
    unlink(key)
    let refused = try keeper.command(["serve", "--port", "0", "--json"])
    #expect(refused.errors.contains("key_missing"), "\(refused.errors)")
    let set = try keeper.command(
      ["credential", "set", "third", "--kind", "secret"], input: "something\n")
    #expect(set.errors.contains("no secret.key"), "\(set.errors)")
    #expect(TestFile.bytes(of: key) == nil)
    try replaceKey(with: old)
    #expect(try ask("second") == "Bearer old-of-second")
    unlink(key)
    try keeper.command("credential", "remove", "first")
    try keeper.command("credential", "remove", "second")
    try ServedHost(keeper).stop()
    #expect(TestFile.bytes(of: key)?.count == 32, "nothing is sealed, so a new one may be made")
  }

  @Test func `without secrets a host starts, and only who needs one fails`() throws {
    unlink(key)
    let process = try keeper.folder.serve("--without-secrets")
    let rotated = try keeper.command(["credential", "rotate-key"])
    #expect(rotated.errors.contains("restore it first"), "\(rotated.errors)")
    let run = try keeper.run(
      Document.connector(
        "get",
        Document.action(
          "get", "http.request",
          with: ["url": .text(target.url + "/"), "credential": "first"])))
    #expect(run.view["get"].code == "wrong_key", "\(run.view)")
    #expect(try keeper.run(Document.connector("row", Document.row("1"))).code == 0)
    let end = try process.stop()
    #expect(end.errors.contains("2 credentials are not to be used"), "\(end.errors)")
    #expect(target.requestLines.isEmpty && TestFile.bytes(of: key) == nil)
  }

  private func keyID() throws -> String {
    let found = try keeper.command(["doctor", "--json"]).output
    let key = try JSONValue(parsing: found)["checks"]?.asList?.first { $0["check"] == "key" }
    return String(key?["message"]?.asText?.split(separator: " ").last ?? "?")
  }

  private func replaceKey(with bytes: [UInt8]) throws {
    unlink(key)
    let file = open(key, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    try #require(file >= 0 && write(file, bytes, bytes.count) == bytes.count)
    close(file)
  }
}
