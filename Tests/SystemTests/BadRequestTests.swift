// SPDX-License-Identifier: Apache-2.0
// Wrong requests to a running host: each is answered for what it is, and none becomes a run.
import Glibc
import TestKit
import Testing
import Values

@Suite struct BadRequestTests {
  @Test func `wrong requests are answered for what they are, and none becomes a run`() throws {
    let world = try World()

    let noJSON = try world.send("{\"a\": 1,\n oops}")
    #expect(noJSON.status == 400)
    #expect(noJSON.body.contains("line 2, column 2"), "\(noJSON.body)")

    let tooLong = try world.send("\"" + String(repeating: "a", count: 1_100) + "\"")
    #expect(tooLong.status == 413)
    #expect(tooLong.body.contains("max_body"), "\(tooLong.body)")

    let wrongSignature = try world.send("{\"a\": 1}", signature: String(repeating: "0", count: 64))
    #expect(wrongSignature.status == 401, "\(wrongSignature.body)")
    let unsigned = try WebRequest(world.url, body: "{\"a\": 1}").send()
    #expect(unsigned.status == 401, "\(unsigned.body)")

    var unknown = WebRequest(world.host.url + "/in/nothing-of-the-kind", body: "{}")
    #expect(try unknown.send().status == 404)
    unknown = WebRequest(world.host.url + "/favicon.ico")
    unknown.method = "GET"
    #expect(try unknown.send().status == 404)
    unknown = WebRequest(world.url)
    unknown.method = "DELETE"
    #expect(try unknown.send().status == 405)

    #expect(try world.keeper.runs().isEmpty)
    let good = try world.send("{\"a\": 1}")
    #expect(good.status == 202, "and the right one still gets through: \(good.body)")
    #expect(try world.keeper.runs().count == 1)
    try world.host.stop()
  }

  @Test func `a secret that is changed while the host runs is in force at once`() throws {
    let world = try World()
    #expect(try world.send("{}").status == 202)
    try world.keeper.set(credential: "hook", kind: "secret", secret: "another secret")
    #expect(try world.send("{}").status == 401, "signed with the old one")
    #expect(try world.send("{}", secret: "another secret").status == 202)
    let shown = try world.keeper.command("credential", "list", "--project", Document.project)
    #expect(shown.contains("hook") && !shown.contains("another secret"), "never shown: \(shown)")
    try world.host.stop()
  }

  @Test func `what is no HTTP, or ends half way, disturbs nobody`() throws {
    let world = try World()
    let port = WebRequest(world.url).port
    for garbage in [
      "\u{16}\u{3}\u{1}\u{2}", "GET\r\n\r\n", "POST /in/x HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n",
    ] {
      let connection = try WebConnection(port: port)
      connection.send(Array(garbage.utf8))
    }
    var half = WebRequest(world.url, body: String(repeating: " ", count: 900))
    half.headers["X-Half"] = "1"
    do {
      let connection = try WebConnection(port: port)
      connection.send(half.head + half.body.prefix(100))
    }
    #expect(try world.send("{\"a\": 1}").status == 202)
    #expect(try world.keeper.runs().count == 1)
    try world.host.stop()
  }

  @Test func `garbage on the control socket is dropped, and commands still work`() throws {
    let world = try World()
    let path = world.keeper.folder.path + "/control.sock"
    let script = """
      import os, socket, struct, sys
      for data in [b"", b"\\0", b"hello there, host", os.urandom(65536),
                   struct.pack("<IB", 0xffffffff, 1), struct.pack("<IB", 10, 1) + b"{",
                   struct.pack("<IB", 2, 1) + b"[]" + struct.pack("<IB", 0, 3),
                   struct.pack("<IB", 7, 2) + b"nothing" + struct.pack("<IB", 0, 3),
                   struct.pack("<IB", 0, 99)]:
          s = socket.socket(socket.AF_UNIX)
          s.connect(sys.argv[1])
          try:
              s.sendall(data)
              s.shutdown(socket.SHUT_WR)
              s.settimeout(20)
              while s.recv(65536): pass
          except OSError: pass
          s.close()
      """
    let result = try Subprocess.run(PythonServer.python, ["-c", script, path])
    #expect(result.isSuccess, "\(result.errors)")
    #expect(
      try world.keeper.json("project", "list").asList?.contains(.text(Document.project)) == true)
    #expect(world.host.process.isRunning)
    #expect(try world.send("{\"a\": 1}").status == 202)
    try world.host.stop()
  }

  /// A running host with a connector that takes 1,000 bytes signed with a secret.
  struct World {
    let keeper = Operator()
    let host: ServedHost
    let url: String

    init() throws {
      try keeper.apply(project: Document.project())
      try keeper.set(credential: "hook", kind: "secret", secret: "secret of the test")
      host = try ServedHost(keeper)
      url = try keeper.apply(
        connector: Document.connector(
          "hook",
          webhook: ["max_body": "1 KiB", "auth": [["scheme": "github", "secret": "hook"]]],
          Document.row("a")))
    }

    /// Posts a body signed as GitHub does, or with the signature given.
    func send(
      _ body: String, signature: String? = nil, secret: String = "secret of the test"
    ) throws -> WebAnswer {
      var request = WebRequest(url, body: body)
      var signed = signature
      if signed == nil {
        let script =
          "import hmac, sys; "
          + "print(hmac.new(sys.argv[1].encode(), sys.stdin.buffer.read(), 'sha256').hexdigest())"
        signed = try Subprocess.run(PythonServer.python, ["-c", script, secret], input: body).output
          .split(separator: "\n").first.map(String.init)
      }
      request.headers["X-Hub-Signature-256"] = "sha256=" + (signed ?? "")
      return try request.send()
    }
  }
}
