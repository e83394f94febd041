// SPDX-License-Identifier: Apache-2.0
// A running `jackfield serve`, its processes, and events posted to it.
import Glibc
import TestKit
import Testing
import Values

/// `jackfield serve` on a folder; its whole process group is killed with the last reference.
final class ServedHost: Sendable {
  let process: Subprocess
  /// `http://127.0.0.1:PORT`
  let url: String
  private let folder: DataFolder

  /// - Parameter plugins: what the set file lists; nil for the bundled plugins.
  init(_ keeper: Operator, plugins: [JSONValue]? = nil, graceSeconds: Int = 10) throws {
    folder = keeper.folder
    let server: DataFolder.Server
    if let plugins {
      let set: JSONValue = ["format": 1, "plugins": .list(plugins)]
      server = try folder.serve(
        "--plugins", keeper.write(set, to: "plugins.json"), "--grace", String(graceSeconds))
    } else {
      server = try folder.serve("--grace", String(graceSeconds))
    }
    process = server.process
    url = server.url
  }

  /// SIGTERM; the end must be orderly and leave no process behind.
  func stop() throws {
    let family = ProcessEntry.below(process.pid)
    Glibc.kill(process.pid, SIGTERM)
    let result = try process.wait(timeout: .seconds(30))
    #expect(result.isSuccess, "serve ended with \(result.status): \(result.errors)")
    let left = family.filter(\.isAlive)
    #expect(left.isEmpty, "left behind: \(left)")
  }

  /// Posts an event to a connector's URL and returns its run.
  func post(_ event: JSONValue, to url: String) throws -> Int64 {
    let answer = try WebRequest(url, body: event.json).send()
    try #require(answer.status == 202, "\(answer.status) \(answer.body)")
    let receipt = try JSONValue(parsing: answer.body)
    if let run = receipt["run"]?.asInteger { return run }
    return try #require(receipt["run"]?.asText.flatMap { Int64($0) }, "\(answer.body)")
  }

  // MARK: workers

  /// What a worker is, known by the library it brings.
  enum Role: String {
    case listener, transport, action
  }

  /// The living workers of a role.
  func workers(_ role: Role) -> [ProcessEntry] {
    ProcessEntry.below(process.pid).filter { entry in
      let maps = TestFile.text(of: "/proc/\(entry.pid)/maps") ?? ""
      guard entry.name.hasPrefix("jackfield-worke"), !maps.isEmpty else { return false }
      if maps.contains("libmicrohttpd") { return role == .listener }
      if maps.contains("libcurl") { return role == .transport }
      return role == .action
    }
  }

  /// Kills the one worker of a role and waits until it is gone.
  func kill(_ role: Role) throws {
    let worker = try poll(for: "a \(role) worker") { workers(role).first }
    Glibc.kill(worker.pid, SIGKILL)
    try poll(for: "the end of \(worker)") { worker.isAlive ? nil : () }
  }
}

/// A process, told from a later one with the same number by when it started.
struct ProcessEntry: Hashable, Sendable {
  let pid: pid_t
  let parent: pid_t
  let name: String
  private let started: String

  /// nil when there is no such process, or only what is left to be reaped.
  init?(_ pid: pid_t) {
    guard let text = TestFile.text(of: "/proc/\(pid)/stat"),
      let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: close)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    self.pid = pid
    parent = pid_t(fields[1]) ?? 0
    name = String(text[text.index(after: open)..<close])
    started = String(fields[19])
  }

  var isAlive: Bool { ProcessEntry(pid) == self }

  /// Everything below a process.
  static func below(_ root: pid_t) -> [ProcessEntry] {
    let all = TestFile.names(in: "/proc").compactMap { pid_t($0) }.compactMap { ProcessEntry($0) }
    var found: [ProcessEntry] = []
    var parents: Set<pid_t> = [root]
    while !parents.isEmpty {
      let children = all.filter { parents.contains($0.parent) }
      found += children
      parents = Set(children.map(\.pid))
    }
    return found
  }

  static func == (left: ProcessEntry, right: ProcessEntry) -> Bool {
    left.pid == right.pid && left.started == right.started
  }

  func hash(into hasher: inout Hasher) { hasher.combine(pid) }
}
