// SPDX-License-Identifier: Apache-2.0
// A recorded call under a debugger.
import Glibc
import PluginHost
import Values

/// The command line of a debugger, stopped right before the call.
struct ReplayDebugger {
  /// `jackfield-probe`.
  let program: String
  /// The record.
  let file: String
  /// The shared object, by its path: in memory a debugger would not find its symbols.
  let image: String

  /// Starts it in the place of this process where a person can type, else prints how.
  func run(_ context: CommandContext) throws -> ExitCode {
    let found = ["gdb", "lldb"].lazy.compactMap { name in
      Self.path(of: name).map { (name, $0) }
    }.first
    let words = words(of: found?.0 ?? "gdb")
    let shown = (variables + words.map(Self.quoted)).joined(separator: " ")
    if context.wantsJSON {
      context.console.line(
        JSONValue.object([
          "debugger": found.map { .text($0.0) } ?? .null,
          "command": .list(words.map { .text($0) }),
          "environment": .list(variables.map { .text($0) }),
        ]).json)
      return .succeeded
    }
    guard let found else {
      context.console.line(shown)
      throw CommandError(
        "there is neither gdb nor lldb in PATH: apt-get install gdb, or start the line above with a "
          + "debugger that you have")
    }
    guard context.console.isTerminal else {
      context.console.line(shown)
      return .succeeded
    }
    for variable in variables { putenv(strdup(variable)) }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    execv(found.1, &arguments)
    throw CommandError("\(found.1) could not be started: \(String(cString: strerror(errno)))")
  }

  /// What a worker finds the Swift runtime by.
  private var variables: [String] {
    RuntimeLibraries.workerEnvironment.filter { $0.hasPrefix("LD_LIBRARY_PATH=") }
  }

  private func words(of name: String) -> [String] {
    let call = [program, "replay", file, image]
    let stop = "sys_replay_begin"
    return name == "lldb"
      ? ["lldb", "-o", "breakpoint set --name \(stop)", "-o", "run", "--"] + call
      : ["gdb", "-ex", "break \(stop)", "-ex", "run", "--args"] + call
  }

  private static func path(of name: String) -> String? {
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return folders.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// As a shell takes it back.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || [43, 44, 45, 46, 47, 58, 61, 64, 95].contains($0)
    }
    guard !isPlain || word.isEmpty else { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
