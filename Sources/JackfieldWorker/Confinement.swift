// SPDX-License-Identifier: Apache-2.0
// What this process gives up before it loads a plugin, and after.
import CSystem
import Glibc
import PluginRuntime
import Values

/// The host's order of confinement. What it does not order is left as it is.
///
/// The steps, all of them while the process has one thread: bounds, user, Landlock with the
/// libraries of the image, seccomp, the image and its constructors, Landlock without the libraries.
struct Confinement {
  private struct Path {
    let path: String
    let rights: UInt32
    let isOptional: Bool
  }

  private let profile: Int32
  /// The version of Landlock to use; 0: none.
  private let landlock: Int32
  private let filtersCalls: Bool
  private let user: UInt32
  private let limits: sys_worker_limits
  private let libraries: [String]
  private let paths: [Path]

  init(_ node: UnsafePointer<JSONTape.Node>?) {
    func number(_ name: String) -> Int64 { node?.child(name)?.integer ?? 0 }
    switch Hello.text(node?.child("profile")) {
    case "transport": profile = SYS_PROFILE_TRANSPORT
    case "listener": profile = SYS_PROFILE_LISTENER
    default: profile = SYS_PROFILE_ACTION
    }
    landlock = Int32(clamping: number("landlock"))
    filtersCalls = number("seccomp") != 0
    user = UInt32(clamping: number("user"))
    limits = sys_worker_limits(
      data_bytes: UInt64(clamping: number("data_bytes")),
      file_bytes: UInt64(clamping: number("file_bytes")),
      open_files: UInt64(clamping: number("open_files")),
      processes: UInt64(clamping: number("threads")),
      niceness: Int32(clamping: number("niceness")), reserved: 0)
    libraries = Hello.texts(node?.child("libraries"))
    paths = Hello.elements(node?.child("paths")).map { path in
      Path(
        path: Hello.text(path.child("path")),
        rights: SYS_FILE_READ | (path.child("write")?.integer == 1 ? SYS_FILE_WRITE : 0),
        isOptional: path.child("optional")?.integer == 1)
    }
  }

  /// The second half, for when the image is loaded.
  struct Loading {
    fileprivate let rules: Int32?

    /// Takes the libraries away, and hides the process from others.
    ///
    /// **Throws** `thread_left`, `sandbox_failed`.
    func finish(_ file: String) throws(LoadError) {
      let threads = sys_worker_threads()
      guard threads == 1 else {
        throw LoadError(
          code: .threadLeft,
          message: "\(file) has \(threads - 1) threads of its own as soon as it is loaded: start "
            + "threads in `open` or later, not in constructors")
      }
      if let rules { try Confinement.check(sys_landlock_enforce(rules), "Landlock, again") }
      try Confinement.check(sys_worker_hide(), "hiding from others")
    }
  }

  /// Puts everything in force that has to be before the image is loaded.
  ///
  /// **Throws** `sandbox_failed`, `granted_path_missing`.
  func enter() throws(LoadError) -> Loading {
    guard sys_worker_threads() == 1 else {
      throw LoadError(code: .sandboxFailed, message: "the worker has threads before its plugin")
    }
    let first = try rules(loading: true)
    let second = try rules(loading: false)
    var limits = limits
    try Self.check(sys_worker_limit(&limits), "the bounds of the worker")
    try Self.check(
      sys_worker_become(user, InheritedDescriptor.socket), "the user \(user) of the worker")
    if let first { try Self.check(sys_landlock_enforce(first), "Landlock") }
    if filtersCalls {
      try Self.check(sys_seccomp_enforce(profile, InheritedDescriptor.listening), "seccomp")
    }
    return Loading(rules: second)
  }

  /// nil where Landlock is not in force.
  private func rules(loading: Bool) throws(LoadError) -> Int32? {
    guard landlock > 0 else { return nil }
    let rules = sys_landlock_create(landlock, profile)
    try Self.check(min(rules, 0), "a rule set of Landlock")
    for library in loading ? libraries : [] {
      let failure = sys_landlock_allow(rules, landlock, library, SYS_FILE_READ | SYS_FILE_EXECUTE)
      // The loader says which of them it misses.
      if failure != -ENOENT { try Self.check(failure, "Landlock at \(library)") }
    }
    for path in paths {
      let failure = sys_landlock_allow(rules, landlock, path.path, path.rights)
      if path.isOptional { continue }
      guard failure != -ENOENT else {
        throw LoadError(
          code: .grantedPathMissing,
          message: "the granted path \(path.path) is not there: make it, or take the grant back")
      }
      try Self.check(failure, "Landlock at \(path.path)")
    }
    return rules
  }

  fileprivate static func check(_ result: Int32, _ what: String) throws(LoadError) {
    guard result < 0 else { return }
    throw LoadError(
      code: .sandboxFailed,
      message: "\(what) could not be put in force: \(String(cString: strerror(-result))): "
        + "jackfield doctor says what this machine offers")
  }
}
