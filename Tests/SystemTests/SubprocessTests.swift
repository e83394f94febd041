// SPDX-License-Identifier: Apache-2.0
// The tests' own tool for child processes: what the other system tests stand on.
import Glibc
import TestKit
import Testing

@Suite struct SubprocessTests {
  @Test func `input goes in, both outputs and the code come out`() throws {
    let result = try Subprocess.run(
      "sh", ["-c", "cat; echo bad >&2; exit 3"], input: "hello\n")
    #expect(result.status == .exited(3))
    #expect(result.output == "hello\n")
    #expect(result.errors == "bad\n")
  }

  @Test func `a child that outstays its time is killed with its whole group`() throws {
    let child = try Subprocess("sh", ["-c", "trap '' TERM; sleep 600 & echo $!; wait"])
    let grandchild = try #require(pid_t(child.waitForLine { !$0.isEmpty }))
    let failure = #expect(throws: SubprocessError.self) {
      try child.wait(timeout: .milliseconds(100))
    }
    #expect(failure?.code == "timed_out")
    // Returns at the end of the pipe, which the grandchild held: from then on it is dying or gone.
    _ = try? child.waitForLine { _ in false }
    let state = TestFile.text(of: "/proc/\(grandchild)/stat") ?? "gone"
    #expect(!state.contains(") S "))
  }

  @Test func `output past the bound is counted, and blocks nobody`() throws {
    let child = try Subprocess("sh", ["-c", "head -c 1000000 /dev/zero"], limit: 1000)
    let result = try child.wait()
    #expect(result.isSuccess)
    #expect(result.output.contains("[999000 more bytes were dropped]"))
  }

  @Test func `a program that does not exist is named`() {
    let failure = #expect(throws: SubprocessError.self) {
      try Subprocess("/nowhere/program")
    }
    #expect(failure?.reason.contains("/nowhere/program") == true)
  }

  @Test func `a folder, an environment and a signal reach the child`() throws {
    let folder = TemporaryFolder()
    let child = try Subprocess(
      "sh", ["-c", "pwd; echo $MARK; kill -USR1 $$"], environment: ["MARK": "x1"],
      folder: folder.path)
    let result = try child.wait()
    #expect(result.output == "\(folder.path)\nx1\n")
    #expect(result.status == .signalled(SIGUSR1))
  }

  @Test func `a test server answers, counts and ends`() throws {
    let server = try PythonServer("http_target")
    let script = "import urllib.request as r; print(r.urlopen('\(server.url)/x?q=2').read())"
    let answer = try Subprocess.run(PythonServer.python, ["-c", script])
    #expect(answer.output.contains("\"query\": \"q=2\""))
    try server.waitForRequests(1)
    #expect(server.requestLines.count == 1)
    try server.stop()
  }
}
