// SPDX-License-Identifier: Apache-2.0
// What stays in the memory of processes after a secret was used.
import Glibc
import TestKit
import Testing
import Values

@Suite struct SecretMemoryTests {
  @Test(.enabled(if: geteuid() == 0, "only root may look into a worker"))
  func `a transport keeps no secret once its exchange has ended`() throws {
    let target = try PythonServer("http_target")
    let here = "127.0.0.1:\(target.port)"
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let kinds = ["bearer", "basic", "header", "query", "signature"]
    let secrets = kinds.map { "\($0)-of-\(UInt64.random(in: .min ... .max))-4711" }
    for (kind, secret) in zip(kinds, secrets) {
      let fields = kind == "basic" ? ["--field", "user=u"] : []
      let set = try keeper.command(
        ["credential", "set", kind, "--kind", kind, "--host", here] + fields, input: secret + "\n")
      try #require(set.isSuccess, "\(set.errors)")
    }
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: [here], credentials: kinds)
      ]))
    let host = try ServedHost(keeper)
    for kind in kinds {
      let run = try keeper.run(
        Document.connector(
          "get",
          Document.action(
            "get", "http.request",
            with: ["url": .text(target.url + "/"), "credential": .text(kind)])))
      #expect(run.code == 0, "\(run.view)")
    }
    let transport = try #require(host.workers(.transport).first)
    let found = try Subprocess.run(
      PythonServer.python,
      [PackageFolder.path + "/Tests/System/find_in_memory.py", String(transport.pid)],
      input: secrets.joined(separator: "\n") + "\n")
    #expect(found.isSuccess, "\(found.errors)")
    #expect(found.output == "0 0 0 0 0\n")
    try host.stop()
  }
}
