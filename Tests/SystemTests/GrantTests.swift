// SPDX-License-Identifier: Apache-2.0
// What was not granted is denied, by the real host, with the command that would grant it.
import TestKit
import Testing
import Values

@Suite struct GrantTests {
  private static func get(_ url: String, _ more: JSONObject = [:]) -> JSONValue {
    var parameters: JSONObject = ["url": .text(url)]
    for member in more { parameters[member.name] = member.value }
    return Document.action("get", "http.request", with: .object(parameters))
  }

  @Test func `a host that is not granted is never talked to`() throws {
    let target = try PythonServer("http_target")
    let keeper = Operator()
    try keeper.apply(
      project: Document.project(plugins: ["http": Document.plugin(hosts: ["127.0.0.1:1"])]))
    let run = try keeper.run(Document.connector("get", Self.get(target.url + "/")))
    #expect(run.view["get"].code == "host_not_granted")
    #expect(run.view["get"].errorClass == "denied")
    #expect(run.view["get"].message.contains("--host 127.0.0.1:\(target.port)"))
    #expect(run.code == 1)
    #expect(target.requestLines.isEmpty)
  }

  @Test func `a grant without a port never leads to an address of this machine`() throws {
    let target = try PythonServer("http_target")
    let keeper = Operator()
    for pattern in ["*", "127.0.0.1"] {
      try keeper.apply(
        project: Document.project(plugins: ["http": Document.plugin(hosts: [pattern])]))
      let run = try keeper.run(Document.connector("get", Self.get(target.url + "/")))
      #expect(run.view["get"].errorClass == "denied", "\(pattern): \(run.view)")
    }
    #expect(target.requestLines.isEmpty)
  }

  @Test func `a credential goes only to the plugins and hosts it is for`() throws {
    let target = try PythonServer("http_target")
    let here = "127.0.0.1:\(target.port)"
    let keeper = Operator()
    let plain = Document.project(plugins: ["http": Document.plugin(hosts: [here])])
    try keeper.apply(project: plain)
    for (name, host) in [("api_key", here), ("far_key", "api.example.com"), ("wide", "127.0.0.1")] {
      let set = try keeper.command(
        ["credential", "set", name, "--kind", "bearer", "--host", host], input: "t0ken-of-\(name)\n")
      try #require(set.isSuccess, "\(set.errors)")
    }
    let asking = { (name: String) in
      Document.connector("get", Self.get(target.url + "/", ["credential": .text(name)]))
    }
    // The check knows the grants too: nothing runs.
    let refused = #expect(throws: WebFailure.self) { try keeper.run(asking("api_key")) }
    #expect(refused?.description.contains("[not_granted]") == true, "\(String(describing: refused))")
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: [here], credentials: ["api_key", "far_key", "wide", "tls"])
      ]))
    let far = try keeper.run(asking("far_key")).view["get"]
    #expect(far.code == "credential_not_bound", "\(far.value)")
    let wide = try keeper.run(asking("wide")).view["get"]
    #expect(wide.code == "credential_not_bound", "plain http without a port in the binding")
    try keeper.set(
      credential: "tls", kind: "openai", fields: ["base_url": "https://\(here)/v1"],
      secret: "t0ken-of-tls")
    let tls = try keeper.run(asking("tls")).view["get"]
    #expect(tls.code == "credential_not_bound", "plain http where the binding is an https URL")
    #expect(target.requestLines.isEmpty)
    #expect(try keeper.run(asking("api_key")).code == 0)
    #expect(target.requestLines.count == 1)
    #expect(target.requestLines.first?.contains("t0ken-of-api_key") == true)
  }

  @Test func `a secret is in no file of the data folder, no output and no answer`() throws {
    let target = try PythonServer("http_target")
    let here = "127.0.0.1:\(target.port)"
    let secret = "s3cr3t-\(UInt64.random(in: .min ... .max))"
    let keeper = Operator()
    try keeper.apply(
      project: Document.project(plugins: ["http": Document.plugin(hosts: [here])]))
    try #require(
      try keeper.command(
        ["credential", "set", "key", "--kind", "bearer", "--host", here], input: secret + "\n"
      ).isSuccess)
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: [here], credentials: ["key"])
      ]))
    // The target echoes the request, the Authorization header included.
    let run = try keeper.run(
      Document.connector("echo", Self.get(target.url + "/", ["credential": "key"])))
    #expect(run.code == 0, "\(run.view)")
    #expect(target.requestLines.first?.contains(secret) == true, "it must have arrived")
    #expect(!run.view.description.contains(secret))
    let listed = try keeper.command("credential", "list", "--project", Document.project, "--json")
    #expect(!listed.contains(secret))
    let found = try Subprocess.run("/bin/grep", ["-rlF", secret, keeper.folder.path])
    #expect(found.output == "", "the secret stands in \(found.output)")
  }

  @Test func `the data folder and its socket are the owner's alone`() throws {
    let keeper = Operator()
    let host = try ServedHost(keeper)
    for (name, mode) in [("", "700"), ("/control.sock", "600"), ("/secret.key", "600"),
      ("/main.db", "600")] {
      let shown = try Subprocess.run("/usr/bin/stat", ["-c", "%a", keeper.folder.path + name])
      #expect(shown.output == mode + "\n", "\(name)")
    }
    try host.stop()
  }
}
