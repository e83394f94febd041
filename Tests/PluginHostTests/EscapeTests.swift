// SPDX-License-Identifier: Apache-2.0
// What a plugin may try to leave its worker: each succeeds where the measure that prevents it is
// off, and fails with all of them. Run by `SandboxTests` as an ordinary user too.
import Glibc
import Pipeline
import PluginHost
import TestKit
import Testing
import Values

@Suite(.timeLimit(.minutes(20))) struct EscapeTests {
  /// Something to try, and the measures that keep it from coming about.
  struct Escape: Sendable, CustomTestStringConvertible {
    let name: String
    let path: String
    let prevents: Set<SandboxMeasure>
    var testDescription: String { path.isEmpty ? name : "\(name) \(path)" }

    init(_ name: String, _ path: String = "", by prevents: SandboxMeasure...) {
      self.name = name
      self.path = path
      self.prevents = Set(prevents)
    }
  }

  static let calls = [
    Escape("socket", by: .calls), Escape("unix_socket", by: .calls),
    Escape("netlink", by: .calls), Escape("exec", by: .calls), Escape("fork", by: .calls),
    Escape("ptrace", by: .calls),
    Escape("stay_after_parent", by: .calls),
    Escape("show_itself", by: .calls), Escape("nice", by: .calls),
    Escape("namespace", by: .calls), Escape("ring", by: .calls), Escape("key", by: .calls),
    Escape("shared_segment", by: .calls), Escape("terminal", by: .calls),
    Escape("signal_parent", by: .calls, .files, .user),
    Escape("signal_group", by: .calls, .files, .user),
    Escape("memory_of_parent", by: .calls, .files, .user),
  ]

  /// What a worker of root is kept from even then, because it has none of root's powers.
  static let powers = ["memory_of_parent"]

  static let files = [
    Escape("read", "/etc/passwd", by: .files), Escape("list", "/etc", by: .files),
    Escape("read", "/proc/1/cmdline", by: .files),
    Escape("library", "libutil.so.1", by: .files),
    Escape("write", "{}/new", by: .files, .user), Escape("read", "{}/secret", by: .files, .user),
    Escape("chmod", "{}/secret", by: .calls, .user),
  ]

  static let limits = [
    Escape("memory", by: .limits), Escape("large_file", by: .limits),
  ]

  @Test(arguments: calls + files + limits)
  func `an escape succeeds without the measure, and is refused with it`(
    _ escape: Escape
  ) async throws {
    let folder = TemporaryFolder()
    folder.write("not for plugins", to: "secret")
    chmod(folder("secret"), 0o600)
    let path = escape.path.hasPrefix("{}") ? folder.path + escape.path.dropFirst(2) : escape.path
    let without = try await attempt(escape.name, path, off: escape.prevents)
    if geteuid() != 0 || !Self.powers.contains(escape.name) {
      #expect(without["did"] != nil, "without \(escape.prevents): \(without)")
    }
    let refused = try await attempt(escape.name, path, off: [])
    let number = Int32(try #require(refused["errno"]?.asInteger, "\(refused)"))
    #expect([EPERM, EACCES, ENOMEM, EFBIG, ENOSYS].contains(number), "\(refused)")
  }

  @Test func `the same system calls by other numbers end the worker`() async throws {
    #if arch(x86_64)
      #expect(try await attempt("other_abi", "", off: [.calls])["did"] != nil)
      let host = try PoolFixture()
      let end = await host.call(try host.plugin("escapes"), #"{"try":"other_abi"}"#)
      #expect(end.death?.reason == .signalled && end.death?.status == .signal(SIGSYS), "\(end)")
      await host.stop()
    #endif
  }

  @Test func `memory that no limit knows is counted, and its worker ended`() async throws {
    #expect(try await attempt("shared_memory", "", off: [.counting, .groups])["did"] != nil)
    let host = try PoolFixture()
    let plugin = try host.plugin("escapes")
    let end = await host.call(plugin, #"{"try":"shared_memory"}"#)
    #expect(end.word == "crashed" && end.death?.reason == .overMemory, "\(end)")
    #expect(end.death?.detail.contains("256 MiB were granted") == true, "\(end)")
    #expect(await host.call(plugin, #"{"try":"nothing"}"#).word != "crashed")
    await host.stop()
  }

  /// The kernel's word where the host handed it the bound, as under a service manager.
  @Test func `where there are control groups they end the worker before it is counted`() async throws {
    let policy = SandboxPolicy(off: [.counting])
    guard policy.groups?.controllers.contains("memory") == true else {
      // Without them nothing of what such a worker takes is bounded but by the counting.
      #expect(!SandboxPolicy().summary.contains("control groups (memory"))
      return
    }
    let host = try PoolFixture(sandbox: policy)
    let end = await host.call(try host.plugin("escapes"), #"{"try":"shared_memory"}"#)
    #expect(end.death?.reason == .overMemory, "\(end)")
    #expect(end.death?.detail.contains("the kernel ended it") == true, "\(end)")
    await host.stop()
  }

  @Test func `threads beyond those for its calls are refused, or counted and its worker ended`()
    async throws
  {
    #expect(try await attempt("threads", "", off: [.counting, .limits, .groups])["did"] != nil)
    let host = try PoolFixture()
    let end = await host.call(try host.plugin("escapes"), #"{"try":"threads"}"#)
    let policy = SandboxPolicy()
    if policy.holds(.user) || policy.groups?.controllers.contains("pids") == true {
      #expect(end.json.contains("\"errno\":\(EAGAIN)"), "\(end)")
    } else {
      #expect(end.death?.reason == .overThreads, "\(end)")
    }
    await host.stop()
  }

  @Test func `a granted path is reached, for what it was granted`() async throws {
    let folder = TemporaryFolder()
    folder.write("for everybody", to: "shown/file")
    folder.write("", to: "kept/file")
    chmod(folder.path, 0o755)
    chmod(folder("kept"), 0o777)
    let allowance = WorkerAllowance(paths: [
      try #require(PathGrant(path: folder("shown"), mayWrite: false)),
      try #require(PathGrant(path: folder("kept"), mayWrite: true)),
    ])
    func expect(_ name: String, _ path: String, _ member: String) async throws {
      let answer = try await attempt(name, folder(path), allowance: allowance)
      #expect(answer[member] != nil, "\(name) \(path): \(answer)")
    }
    try await expect("read", "shown/file", "did")
    try await expect("list", "shown", "did")
    try await expect("write", "shown/new", "errno")
    try await expect("write", "kept/new", "did")
    try await expect("list", "", "errno")
    // Another spelling is no other file.
    try await expect("read", "shown/../shown/file", "did")
    try await expect("write", "kept/../shown/new", "errno")
  }

  @Test func `a granted path that is not there is said before the plugin is loaded`() async throws {
    let host = try PoolFixture()
    let request = host.request(
      try host.plugin("echo"),
      allowance: WorkerAllowance(paths: [
        try #require(PathGrant(path: "/nowhere/at/all", mayWrite: false))
      ]))
    let end = await host.run(request)
    #expect(end.failure?.code == "granted_path_missing", "\(end)")
    #expect(end.failure?.message.contains("/nowhere/at/all") == true)
    await host.stop()
  }

  @Test func `a thread that a constructor leaves behind is refused`() async throws {
    let host = try PoolFixture()
    let end = await host.call(try host.plugin("thread_left"))
    #expect(end.failure?.code == "thread_left", "\(end)")
    await host.stop()
  }

  /// What one attempt came to.
  private func attempt(
    _ name: String, _ path: String, off: Set<SandboxMeasure> = [],
    allowance: WorkerAllowance = WorkerAllowance()
  ) async throws -> JSONValue {
    let host = try PoolFixture(sandbox: SandboxPolicy(off: off))
    let parameters: JSONValue = ["try": .text(name), "path": .text(path)]
    let end = await host.run(
      host.request(try host.plugin("escapes"), parameters.json, allowance: allowance))
    await host.stop()
    try #require(end.word == "returned", "\(end)")
    return try JSONValue(parsing: end.json)
  }
}
