// SPDX-License-Identifier: Apache-2.0
// Programs that see other file systems than the test does.
import Glibc
import TestKit
import Testing

/// A mount namespace of a child's own: what is mounted there goes with the last process in it.
///
/// Where the test is not root's, a user namespace makes the child root of its own mounts.
enum MountNamespace {
  private static let isRoot = geteuid() == 0

  /// Whether something can be mounted here at all.
  static let isPossible: Bool = {
    let words = options + ["/bin/sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]
    return (try? Subprocess.run("unshare", words))?.isSuccess ?? false
  }()

  /// What a test that is skipped says.
  static let whatIsMissing =
    "nothing can be mounted here: run the tests as root, or allow user namespaces "
    + "(sysctl kernel.unprivileged_userns_clone=1) and install util-linux"

  private static var options: [String] { isRoot ? ["-m"] : ["-rm"] }

  /// Starts a shell script in a namespace of its own; a program that the script executes at its
  /// end has the number of the child. `arguments` are `$0`, `$1` and so on.
  static func start(_ script: String, _ arguments: [String]) throws -> Subprocess {
    try Subprocess("unshare", options + ["/bin/sh", "-c", script] + arguments)
  }

  /// Runs a program in the namespace of a living child, and expects it to succeed.
  static func run(in child: Subprocess, _ words: [String]) throws {
    let user = isRoot ? [] : ["-U", "--preserve-credentials"]
    let result = try Subprocess.run("nsenter", ["-t", String(child.pid), "-m"] + user + words)
    try #require(result.isSuccess, "\(words): \(result.errors)")
  }
}
