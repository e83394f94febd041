// SPDX-License-Identifier: Apache-2.0
// The outside world of a storm: counts what arrives.
import Glibc
import Synchronization
import Values

/// An HTTP server that counts requests by path and event.
///
/// **Isolation**: any thread; it serves on threads of its own until the process ends.
final class StormTarget: Sendable {
  let port: UInt16
  private let counts = Mutex<[String: Int]>([:])

  /// - Throws: `StormError` when no port can be had.
  init() throws(StormError) {
    guard let (descriptor, port) = StormSocket.listen() else {
      throw StormError("no port of the loopback can be had: \(String(cString: strerror(errno)))")
    }
    self.port = port
    StormThread.start("storm-target") { [self] in
      while true {
        let accepted = accept(descriptor, nil, nil)
        if accepted < 0 { usleep(10_000) } else { serve(accepted) }
      }
    }
  }

  /// How often an event's request arrived at a path.
  func count(_ path: String, _ event: String) -> Int {
    counts.withLock { $0["\(path) \(event)"] ?? 0 }
  }

  /// How many events arrived at a path more than once.
  func repeated(_ path: String) -> Int {
    counts.withLock { counts in
      counts.count { $0.key.hasPrefix(path + " ") && $0.value > 1 }
    }
  }

  private func serve(_ descriptor: Int32) {
    StormThread.start("storm-request") { [self] in
      let socket = StormSocket(descriptor: descriptor)
      while let message = socket.receive() {
        let path = message.firstLine.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        let event = (try? JSONValue(parsing: message.body))?["id"]?.asText ?? ""
        counts.withLock { $0["\(path) \(event)", default: 0] += 1 }
        // Slow enough that a kill finds requests under way.
        usleep(10_000)
        let body = "{\"ok\":true}"
        let head =
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)"
        guard socket.send(head + "\r\n\r\n" + body) else { return }
      }
    }
  }
}
