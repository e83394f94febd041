// SPDX-License-Identifier: Apache-2.0
// What a probe is started with, and where it leaves what it found.

import CSystem
import Glibc
import PluginHost
import Values

/// The descriptors of one probe.
struct ProbeRoom {
  private let order: OwnedDescriptor
  private let output: OwnedDescriptor
  let note: ProbeNote
  /// **Unit**: milliseconds.
  private let limit: Int32

  init(order text: JSONValue, limit: Int32) throws(PluginHostError) {
    order = try Self.memory("jackfield-order")
    output = try Self.memory("jackfield-output")
    note = try ProbeNote()
    self.limit = limit
    guard FileText.write(text.jsonBytes, to: order.number) else { throw Self.failure(errno) }
    lseek(order.number, 0, SEEK_SET)
  }

  /// Starts the probe, waits for its end, and kills it with its group when it has none.
  func start(program: String, image: OwnedDescriptor) throws(PluginHostError) -> ProbeDeath {
    let null = OwnedDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
    let spawned = try spawn(
      program,
      [
        null.number, output.number, output.number, order.number, image.number,
        note.memory.number,
      ])
    let pidfd = OwnedDescriptor(spawned.pidfd)
    var end = pollfd(fd: pidfd.number, events: Int16(POLLIN), revents: 0)
    var isOverdue = true
    let deadline = now() + Int64(limit)
    while isOverdue, now() < deadline {
      isOverdue = poll(&end, 1, Int32(max(deadline - now(), 1))) <= 0
    }
    // What the plugin left behind in the group goes with it.
    kill(-spawned.pid, SIGKILL)
    _ = poll(&end, 1, 5_000)
    var reaped = sys_reaped()
    sys_reap(pidfd.number, &reaped)
    return isOverdue ? .overdue(milliseconds: limit) : ProbeDeath(reaped)
  }

  private func spawn(
    _ program: String, _ descriptors: [Int32]
  ) throws(PluginHostError) -> sys_spawned {
    var spawned = sys_spawned()
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("jackfield-probe"), nil]
    // Swift's own report of a crash would hide the one line that the plugin printed.
    let variables = RuntimeLibraries.workerEnvironment + ["SWIFT_BACKTRACE=enable=no"]
    var environment = variables.map { strdup($0) }
    environment.append(nil)
    defer { for text in arguments + environment { free(text) } }
    let failure = sys_spawn(
      program, &arguments, &environment, descriptors, Int32(descriptors.count), &spawned)
    guard failure == 0 else {
      throw PluginHostError(
        code: "probe_not_spawned",
        message: "the probe \(program) could not be started: "
          + "\(String(cString: strerror(-failure))): install it beside the jackfield program")
    }
    return spawned
  }

  /// What the probe found; nil when it did not come that far.
  var answer: JSONValue? { try? JSONValue(parsing: note.finding) }

  /// The beginning of what the process printed, on one line.
  var printed: String {
    var buffer = [UInt8](repeating: 0, count: 400)
    let count = sys_read_at(output.number, &buffer, UInt64(buffer.count), 0)
    let text = String(decoding: buffer.prefix(Int(max(count, 0))), as: UTF8.self)
    return text.split(separator: "\n").joined(separator: " ⏎ ")
  }

  private func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static func memory(_ name: String) throws(PluginHostError) -> OwnedDescriptor {
    let memory = OwnedDescriptor(sys_memory_create(name))
    guard memory.number >= 0 else { throw failure(-memory.number) }
    return memory
  }

  static func failure(_ number: Int32) -> PluginHostError {
    PluginHostError(
      code: "no_memory", message: "no memory for a probe: \(String(cString: strerror(number)))")
  }
}
