// SPDX-License-Identifier: Apache-2.0
// How workers are confined, as the command line and the environment say.
import Glibc
import Jackfield
import PluginHost

/// The options of the sandbox, which `serve` has and which every command that starts workers takes
/// from the environment.
enum SandboxOptions {
  /// Reads `--require-sandbox`, `--worker-uids` and, for tests, JACKFIELD_SANDBOX_OFF.
  ///
  /// - Throws: `UsageError` for a range that is none, `HostError` for a measure that is none.
  static func apply(_ arguments: Arguments, to options: inout HostOptions) throws {
    options.requiresSandbox = arguments.has("require-sandbox")
    if let text = arguments["worker-uids"] { options.workerUIDs = try range(text) }
    guard let names = getenv("JACKFIELD_SANDBOX_OFF") else { return }
    do throws(PluginHostError) {
      options.sandboxOff = try SandboxPolicy.measures(String(cString: names))
    } catch {
      throw HostError(error.code, error.message)
    }
  }

  /// The user of whatever has none.
  private static let nobody: UInt32 = 65_534

  private static func range(_ text: String) throws(UsageError) -> ClosedRange<UInt32>? {
    if text == "none" { return nil }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last,
      first >= 1_000, last < UInt32.max, !(first...last).contains(nobody)
    else {
      throw UsageError(
        "--worker-uids wants two user numbers of nobody else, like 60000-60999, or none; not "
          + "\"\(text)\"")
    }
    return first...last
  }
}
