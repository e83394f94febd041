// SPDX-License-Identifier: Apache-2.0
// The sandbox as a whole: who it holds for, and what it says of itself.
import Glibc
import Pipeline
import PluginHost
import TestKit
import Testing

@Suite(.timeLimit(.minutes(20))) struct SandboxTests {
  @Test(.enabled(if: OrdinaryUser.canBecome, "only root can become somebody else"))
  func `every escape again, and the watch of threads, as an ordinary user`() throws {
    let result = try OrdinaryUser.runTests(matching: "EscapeTests|WorkerWatchTests")
    #expect(result.isSuccess, "\(result.output.suffix(6_000))\(result.errors.suffix(2_000))")
    let said = result.output + result.errors
    for suite in ["EscapeTests", "WorkerWatchTests"] {
      #expect(said.contains("Suite \(suite) passed"), "\(said.suffix(500))")
    }
  }

  @Test func `workers of root are each a user of their own`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    async let ends = host.run(
      ["one", "two"].map {
        host.request(plugin, #"{"hang":true}"#, timeout: .seconds(1_000), project: ProjectID($0))
      })
    let workers = await host.status { $0.workers.filter { $0.openCalls == 1 }.count == 2 }.workers
    let users = workers.compactMap { owner(of: $0.pid) }
    if geteuid() == 0 {
      #expect(Set(users).count == 2 && users.allSatisfy { (60_000...60_999).contains($0) })
    } else {
      #expect(users.allSatisfy { $0 == geteuid() })
    }
    await host.stop(grace: .zero)
    _ = await ends
  }

  @Test func `a worker has no capability, no new privileges and a filter`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    async let end = host.call(plugin, #"{"hang":true}"#, timeout: .seconds(1_000))
    let worker = try #require(
      await host.status { $0.workers.contains { $0.openCalls == 1 } }.workers.first)
    let status = TestFile.text(of: "/proc/\(worker.pid)/status") ?? ""
    for line in ["CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1",
      "Seccomp:\t2"]
    {
      #expect(status.contains(line), "\(line) in \(status)")
    }
    let core = TestFile.text(of: "/proc/\(worker.pid)/limits") ?? ""
    #expect(
      core.split(separator: "\n").contains {
        $0.hasPrefix("Max core file size") && $0.split(separator: " ")[4...5] == ["0", "0"]
      }, "\(core)")
    #expect(TestFile.text(of: "/proc/\(worker.pid)/oom_score_adj") == "1000\n")
    await host.stop(grace: .zero)
    _ = await end
  }

  @Test func `a policy says what is in force and what is missing`() throws {
    let whole = SandboxPolicy(offer: SandboxOffer(landlock: 7, seccomp: true, isRoot: true))
    #expect(whole.gap == nil)
    #expect(whole.summary.hasPrefix("own users 60000-60999, files by Landlock 7, calls by seccomp"))
    let ordinary = SandboxPolicy(offer: SandboxOffer(landlock: 2, seccomp: true, isRoot: false))
    #expect(ordinary.gap == nil && ordinary.users == nil)
    #expect(ordinary.summary.hasPrefix("the host's own user, files by Landlock 2"))
    let old = SandboxPolicy(offer: SandboxOffer(landlock: 0, seccomp: true, isRoot: true))
    #expect(old.gap?.contains("Landlock") == true && old.summary.contains("NOT confined"))
    let holed = SandboxPolicy(
      offer: SandboxOffer(landlock: 7, seccomp: true, isRoot: true),
      off: try SandboxPolicy.measures("calls,limits"))
    #expect(holed.gap?.contains("\"calls\"") == true && holed.summary.contains("calls OFF"))
    #expect(throws: PluginHostError.self) { try SandboxPolicy.measures("everything") }
  }

  private func owner(of pid: Int32) -> uid_t? {
    TestFile.text(of: "/proc/\(pid)/status")?.split(separator: "\n")
      .first { $0.hasPrefix("Uid:") }?.split(separator: "\t").dropFirst().first.flatMap { uid_t($0) }
  }
}
