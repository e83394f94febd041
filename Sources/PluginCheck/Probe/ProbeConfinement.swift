// SPDX-License-Identifier: Apache-2.0
// What a probe gives up before it loads a plugin: a stranger's is to be tried out, not trusted.

import CSystem
import Glibc
import Pipeline
import PluginHost
import PluginRuntime

/// The confinement of a worker, as far as a process can have it that the checks still look into: the
/// same system calls, and of files the libraries of the image and what /proc says of itself.
///
/// A user of its own, memory and threads are not among it: the probe ends after seconds.
enum ProbeConfinement {
  /// Puts it in force for the calling thread and all it makes, and the system calls for the process;
  /// every thread that loads comes by. What the kernel does not offer is left out, as with
  /// `jackfield serve` without `--require-sandbox`.
  ///
  /// **Throws** what the kernel refused though it offers it.
  static func enter(_ kind: PluginKind, libraries: [String]) throws(LoadError) {
    let profile =
      switch kind {
      case .transport: SYS_PROFILE_TRANSPORT
      case .listener: SYS_PROFILE_LISTENER
      case .action, .data: SYS_PROFILE_ACTION
      }
    let version = sys_landlock_version()
    if version > 0 {
      let rules = sys_landlock_create(version, profile)
      try check(min(rules, 0), "a rule set of Landlock")
      for library in libraries {
        // The loader says which of them it misses.
        _ = sys_landlock_allow(rules, version, library, SYS_FILE_READ | SYS_FILE_EXECUTE)
      }
      try check(sys_landlock_allow(rules, version, "/proc/self", SYS_FILE_READ), "/proc/self")
      try check(sys_landlock_enforce(rules), "Landlock")
    }
    guard sys_seccomp_offered() != 0, sys_seccomp_in_force() == 0 else { return }
    try check(sys_seccomp_enforce(profile, -1), "seccomp")
  }

  private static func check(_ result: Int32, _ what: String) throws(LoadError) {
    guard result < 0 else { return }
    throw LoadError(
      code: .sandboxFailed,
      message: "\(what) could not be put in force: \(String(cString: strerror(-result))): "
        + "jackfield doctor says what this machine offers")
  }
}
