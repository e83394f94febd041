// SPDX-License-Identifier: Apache-2.0
// What a child process prints, kept up to a bound, with lines one can wait for.
import Foundation

/// Drains one pipe on a thread of its own until its end: a child never blocks on a full one.
///
/// **Isolation**: any thread.
// Safe because every member that changes is read and written under `condition`.
final class OutputCapture: @unchecked Sendable {
  private let condition = NSCondition()
  private let limit: Int
  private var bytes: [UInt8] = []
  private var dropped = 0
  private var ended = false

  /// **Ownership**: takes the descriptor and closes it at the pipe's end.
  init(descriptor: Int32, limit: Int) {
    self.limit = limit
    Thread.detachNewThread { self.drain(descriptor) }
  }

  /// What came so far; past the bound a line says how much was dropped.
  var text: String {
    condition.lock()
    defer { condition.unlock() }
    let kept = String(decoding: bytes, as: UTF8.self)
    return dropped == 0 ? kept : kept + "\n[\(dropped) more bytes were dropped]\n"
  }

  /// The first complete line at or after `position` (in bytes) that `matches`; the position moves
  /// behind it. nil when the pipe ended or the deadline passed without one.
  func line(after position: inout Int, until deadline: Date, where matches: (String) -> Bool)
    -> String?
  {
    condition.lock()
    defer { condition.unlock() }
    while true {
      while let end = bytes[min(position, bytes.count)...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: bytes[position..<end], as: UTF8.self)
        position = end + 1
        if matches(line) { return line }
      }
      if ended || !condition.wait(until: deadline) { return nil }
    }
  }

  /// Returns whether the pipe ended within so many tenths of a second: counted, because a machine
  /// that stood still for a while has a clock that jumps.
  @discardableResult
  func waitForEnd(tenths: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    var left = tenths
    while !ended && left > 0 {
      if !condition.wait(until: Date(timeIntervalSinceNow: 0.1)) { left -= 1 }
    }
    return ended
  }

  private func drain(_ descriptor: Int32) {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      let failure = count < 0 ? errno : 0
      if failure == EINTR { continue }
      condition.lock()
      if count > 0 {
        let room = min(count, limit - bytes.count)
        bytes += chunk[..<room]
        dropped += count - room
      } else {
        // Nothing in a test may pass for a child that printed nothing.
        if failure != 0 { bytes += Array("\n[the pipe could not be read: error \(failure)]\n".utf8) }
        ended = true
      }
      condition.broadcast()
      condition.unlock()
      if count <= 0 { break }
    }
    close(descriptor)
  }
}
