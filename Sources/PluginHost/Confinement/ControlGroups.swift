// SPDX-License-Identifier: Apache-2.0
//
// The kernel's own bounds of what a worker takes, where the machine handed this host a part of its
// tree of control groups (version 2).

import CSystem
import Glibc

/// A control group that was handed to this host, to make one for each worker in.
///
/// A group that bounds its children has no process of its own: the host moves into one beside them.
/// `memory` and `pids` are used. `cpu` is not: among groups of their own a worker's niceness and its
/// place behind the others mean nothing.
///
/// **Source** the kernel's documentation of cgroup v2, sections 2 and 5; systemd's of delegation.
package struct ControlGroups: Sendable, Hashable {
  /// The path of the folder.
  package let folder: String
  /// Which of `memory` and `pids` there are, sorted.
  package let controllers: [String]

  private static let wanted = ["memory", "pids"]
  private static let ownName = "jackfield-host"
  private static let workerPrefix = "jackfield-worker-"

  /// Finds the group that this process is in, if it was handed over with all that it takes.
  package static func found() -> ControlGroups? {
    guard let mounts = readFile("/proc/self/mountinfo", limit: 1 << 20),
      let membership = readSmallFile("/proc/self/cgroup"),
      let folder = folder(mounts: String(decoding: mounts, as: UTF8.self), membership: membership)
    else { return nil }
    let handed = parent(of: folder) ?? folder
    return found(
      folder,
      isHandedOver: geteuid() != 0 || sys_control_group_delegated(handed) != 0, process: getpid())
  }

  /// As above, of one folder. Who is no root has what he can write; root can write everything, so
  /// that for him the service manager's mark counts.
  static func found(_ folder: String, isHandedOver: Bool, process: Int32) -> ControlGroups? {
    let handed = parent(of: folder) ?? folder
    let files = ["", "/cgroup.procs", "/cgroup.subtree_control"]
    guard isHandedOver, files.allSatisfy({ access(handed + $0, W_OK) == 0 }) else { return nil }
    let offered = words(readSmallFile(handed + "/cgroup.controllers"))
    let controllers = wanted.filter { offered.contains(Substring($0)) }
    // Somebody else's process in the group would keep it from bounding its children.
    let processes = words(readSmallFile(handed + "/cgroup.procs"))
    guard !controllers.isEmpty, processes.allSatisfy({ $0 == "\(process)" }) else { return nil }
    return ControlGroups(folder: handed, controllers: controllers)
  }

  /// The folder of the group of version 2 that a process is in.
  ///
  /// - Parameters:
  ///   - mounts: the content of /proc/PID/mountinfo.
  ///   - membership: the content of /proc/PID/cgroup.
  static func folder(mounts: String, membership: String) -> String? {
    guard
      let path = membership.split(separator: "\n").first(where: { $0.hasPrefix("0::/") })?
        .dropFirst(3)
    else { return nil }
    for line in mounts.split(separator: "\n") {
      // …, its root there, where it is mounted, …, "-", its kind, …
      let fields = line.split(separator: " ", omittingEmptySubsequences: false)
      guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, dash > 5,
        fields[dash + 1] == "cgroup2"
      else { continue }
      let root = fields[3] == "/" ? "" : fields[3]
      guard path.hasPrefix(root) else { continue }
      let below = path.dropFirst(root.count)
      return String(fields[4] + (below == "/" ? "" : below))
    }
    return nil
  }

  /// The group around the one that a host has moved to.
  private static func parent(of folder: String) -> String? {
    folder.hasSuffix("/" + ownName) ? String(folder.dropLast(ownName.count + 1)) : nil
  }

  private static func words(_ text: String?) -> [Substring] {
    (text ?? "").split(whereSeparator: \.isWhitespace)
  }

  /// Moves this process to a group of its own and lets the folder bound the others; takes away what
  /// an earlier life left.
  ///
  /// **Returns** what went wrong, nil where nothing did
  func prepare() -> String? {
    let own = folder + "/" + Self.ownName
    guard mkdir(own, 0o755) == 0 || errno == EEXIST else { return "\(own): \(systemText(errno))" }
    for name in Self.words(readNames()) where name.hasPrefix(Self.workerPrefix) {
      rmdir(folder + "/" + name)
    }
    return Self.write("\(getpid())", to: own + "/cgroup.procs")
      ?? Self.write(
        controllers.map { "+" + $0 }.joined(separator: " "), to: folder + "/cgroup.subtree_control")
  }

  private func readNames() -> String? {
    guard let open = opendir(folder) else { return nil }
    defer { closedir(open) }
    var names: [String] = []
    while let entry = readdir(open) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.joined(separator: "\n")
  }

  /// Makes a worker's group, bounds it, and moves the worker there.
  ///
  /// **Returns** the group, or what went wrong; then there is none.
  func enter(_ pid: Int32, _ bounds: WorkerBounds) -> (group: WorkerGroup?, problem: String?) {
    let group = WorkerGroup(folder: "\(folder)/\(Self.workerPrefix)\(pid)")
    guard mkdir(group.folder, 0o755) == 0 || errno == EEXIST else {
      return (nil, "\(group.folder): \(systemText(errno))")
    }
    var settings: [(name: String, text: String)] = []
    if controllers.contains("memory") {
      settings += [("memory.max", "\(bounds.memory)"), ("memory.oom.group", "1")]
    }
    if controllers.contains("pids") { settings.append(("pids.max", "\(bounds.threads)")) }
    settings.append(("cgroup.procs", "\(pid)"))
    for setting in settings {
      guard let problem = Self.write(setting.text, to: "\(group.folder)/\(setting.name)") else {
        continue
      }
      group.remove()
      return (nil, problem)
    }
    // Machines without swap have no such file.
    _ = Self.write("0", to: group.folder + "/memory.swap.max")
    return (group, nil)
  }

  /// **Returns** what went wrong, nil where nothing did
  private static func write(_ text: String, to path: String) -> String? {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return "\(path): \(systemText(errno))" }
    defer { close(file) }
    let count = text.utf8.count
    return Glibc.write(file, text, count) == count ? nil : "\(path): \(systemText(errno))"
  }
}

/// The control group of one worker.
struct WorkerGroup: Sendable {
  let folder: String

  /// Whether the kernel ended it for its memory.
  var isOverMemory: Bool {
    let lines = (readSmallFile(folder + "/memory.events") ?? "").split(separator: "\n")
    return lines.contains { $0.hasPrefix("oom_kill ") && $0 != "oom_kill 0" }
  }

  /// After its last process was reaped.
  func remove() { rmdir(folder) }
}
