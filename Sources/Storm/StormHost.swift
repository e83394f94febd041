// SPDX-License-Identifier: Apache-2.0
// The `serve` that is killed.
import Glibc

/// A `jackfield serve` of the storm's data folder.
///
/// **Isolation**: one thread.
final class StormHost {
  let pid: pid_t
  private var status: Int32?

  /// - Parameters:
  ///   - fault: `point:count:victim`, or nil for a host that nothing is done to.
  ///   - faultLog: where the kills are noted.
  /// - Throws: `StormError` when the program cannot be started.
  init(
    program: String, data: String, port: UInt16, log: String, fault: String?, faultLog: String
  ) throws(StormError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let words = [program, "serve", "--port", String(port), "--data", data]
    var variables = StormHost.environment()
    if let fault { variables += ["JACKFIELD_FAULT=\(fault)", "JACKFIELD_FAULT_LOG=\(faultLog)"] }
    var arguments = words.map { strdup($0) } + [nil]
    var environment = variables.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var pid: pid_t = 0
    let failed = posix_spawn(&pid, program, &actions, nil, &arguments, &environment)
    guard failed == 0 else {
      throw StormError("\(program) cannot be started: \(String(cString: strerror(failed)))")
    }
    self.pid = pid
  }

  /// How it ended, as `waitpid` tells; nil while it runs.
  var ended: Int32? {
    if status == nil {
      var found: Int32 = 0
      if waitpid(pid, &found, WNOHANG) == pid { status = found }
    }
    return status
  }

  /// - Returns: the status, or nil when it has not ended in time.
  func wait(seconds: Int) -> Int32? {
    for _ in 0..<(seconds * 100) {
      if let ended { return ended }
      usleep(10_000)
    }
    return ended
  }

  func kill(_ signal: Int32 = SIGKILL) {
    if ended == nil { Glibc.kill(pid, signal) }
  }

  /// This process's variables without a fault of its own.
  private static func environment() -> [String] {
    var variables: [String] = []
    var next = environ
    while let text = next.pointee {
      let variable = String(cString: text)
      if !variable.hasPrefix("JACKFIELD_FAULT") { variables.append(variable) }
      next += 1
    }
    return variables
  }
}
