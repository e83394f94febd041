// SPDX-License-Identifier: Apache-2.0
//
// The parts of a worker's confinement, each of which holds by itself.

/// One measure. The raw value is stable: it is printed, and named where one is switched off.
package enum SandboxMeasure: String, Sendable, CaseIterable {
  /// A user of its own for each worker; only root can give it.
  case user
  /// Landlock: which files it reaches.
  case files
  /// seccomp: which system calls it keeps.
  case calls
  /// Bounds of memory, descriptors and threads, set by the worker before it loads anything.
  case limits
  /// Control groups: the kernel itself bounds memory and threads, where they were handed over.
  case groups
  /// The host counts what a worker takes, and ends it above what was granted.
  case counting
}
