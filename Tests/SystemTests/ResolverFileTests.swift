// SPDX-License-Identifier: Apache-2.0
// A file of the resolver that is replaced while a transport runs.
import Glibc
import TestKit
import Testing
import Values

@Suite struct ResolverFileTests {
  @Test(.enabled(if: MountNamespace.isPossible, "\(MountNamespace.whatIsMissing)"))
  func `a transport reads a file of the resolver that took another's place`() throws {
    let target = try PythonServer("http_target")
    let keeper = Operator()
    let etc = keeper.folder.file("etc")
    mkdir(etc, 0o755)
    // An /etc of the host's own, in which names come from /etc/hosts alone.
    let process = try MountNamespace.start(
      #"mount -t tmpfs -o mode=755 tmpfs "$1" && cp -a /etc/. "$1" && mount --bind "$1" /etc "#
        + #"&& rm -f /etc/hosts && echo 127.0.0.1 first.test >/etc/hosts "#
        + #"&& echo hosts: files >/etc/nsswitch.conf "#
        + #"&& exec "$0" serve --port 0 --grace 1 --data "$2""#,
      [BuiltProducts.program("jackfield"), etc, keeper.folder.path])
    _ = try process.waitForLine { $0.contains("listening on http") }
    let port = target.port
    try keeper.apply(
      project: Document.project(plugins: [
        "http": [
          "grants": ["hosts": [.text("first.test:\(port)"), .text("second.test:\(port)")]],
          "policy": ["timeout": "20 s", "retry": ["attempts": 1]],
        ]
      ]))
    let url = try keeper.apply(
      connector: Document.connector(
        "ask",
        Document.action(
          "ask", "http.request",
          with: ["method": "GET", "url": .text("http://{{event.host}}.test:\(port)/")])))
    func ask(_ host: String) throws -> RunView {
      let answer = try WebRequest(url, body: #"{"host":"\#(host)"}"#).send()
      try #require(answer.status == 202, "\(answer)")
      let receipt = try JSONValue(parsing: answer.body)
      let run = receipt["run"]?.asInteger ?? receipt["run"]?.asText.flatMap { Int64($0) }
      return try keeper.waitForEnd(of: try #require(run))
    }

    #expect(try ask("first").state == "succeeded")
    #expect(try ask("second").state == "failed", "nobody knows it yet")
    try MountNamespace.run(
      in: process,
      ["/bin/sh", "-c", "echo 127.0.0.1 second.test >/etc/new && mv /etc/new /etc/hosts"])
    let view = try ask("second")
    #expect(view.state == "succeeded", "\(view)")
    Glibc.kill(process.pid, SIGTERM)
    #expect(try process.wait(timeout: .seconds(30)).isSuccess)
  }
}
