// SPDX-License-Identifier: Apache-2.0
// A served host that runs short of what others give it: descriptors, a reader of its log.
import Glibc
import TestKit
import Testing
import Values

@Suite struct ServeShortageTests {
  @Test func `commands beside a host work again after it was out of descriptors`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let host = try ServedHost(keeper)
    try keeper.command("runs", "list")
    try limitDescriptors(of: host, to: 3)

    let command = try Subprocess(
      BuiltProducts.program("jackfield"), ["runs", "list", "--data", keeper.folder.path])
    try poll(for: "the accept to fail") { isAccepting(host) ? nil : () }
    try limitDescriptors(of: host, to: 1_024)

    #expect(try command.wait(timeout: .seconds(30)).isSuccess)
    try host.stop()
  }

  @Test func `a log that nobody reads does not stop the host`() throws {
    let keeper = Operator()
    let plugin = try FixturePlugin("prints")
    let set: JSONValue = [
      "format": 1,
      "plugins": [
        ["id": "data_storage"], ["id": "listener"], ["path": .text(plugin.folder.path)],
      ],
    ]
    let pipe = keeper.folder.file("log")
    try #require(mkfifo(pipe, 0o600) == 0)
    let unread = open(pipe, O_RDWR | O_CLOEXEC)
    defer { close(unread) }
    // F_SETPIPE_SZ: the least there is.
    try #require(fcntl(unread, 1_031, 4_096) >= 4_096)
    let process = try Subprocess(
      "/bin/sh",
      [
        "-c", #"exec "$0" serve --port 0 --data "$1" --plugins "$2" 2>"$3""#,
        BuiltProducts.program("jackfield"), keeper.folder.path,
        keeper.write(set, to: "plugins.json"), pipe,
      ])
    _ = try process.waitForLine { $0.contains("listening on http") }
    try keeper.apply(project: Document.project(plugins: ["prints": Document.plugin()]))
    let connector = Document.connector(
      "loud", Document.action("call", "prints.run", with: ["logs": 400]))

    for _ in 0..<2 {
      let (view, code) = try keeper.run(connector)
      #expect(code == 0 && view["call"].status == "succeeded", "\(view)")
    }
    var waiting: Int32 = 0
    #expect(ioctl(unread, UInt(FIONREAD), &waiting) == 0 && waiting > 3_000, "\(waiting)")
    kill(process.pid, SIGTERM)
    #expect(try process.wait(timeout: .seconds(30)).isSuccess)
  }

  private func limitDescriptors(of host: ServedHost, to count: Int) throws {
    let result = try Subprocess.run(
      "prlimit", ["--pid", String(host.process.pid), "--nofile=\(count):"])
    try #require(result.isSuccess, "\(result.errors)")
  }

  /// Whether the thread that takes commands waits for one.
  private func isAccepting(_ host: ServedHost) -> Bool {
    let threads = "/proc/\(host.process.pid)/task"
    return TestFile.names(in: threads).contains { thread in
      #if arch(x86_64)
        let accept = "288 "
      #else
        let accept = "242 "
      #endif
      return TestFile.text(of: "\(threads)/\(thread)/comm") == "control\n"
        && TestFile.text(of: "\(threads)/\(thread)/syscall")?.hasPrefix(accept) == true
    }
  }
}
