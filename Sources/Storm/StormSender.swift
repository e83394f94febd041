// SPDX-License-Identifier: Apache-2.0
// Senders of webhooks: each event is sent until it is acknowledged.
import Glibc
import Synchronization
import Values

/// Posts events from several threads, again after every cut connection.
///
/// **Isolation**: any thread.
final class StormSender: Sendable {
  private struct State {
    var lastEvent = 0
    var acknowledged: [String: Int64] = [:]
    var sentAgain = 0
    var isPosting = false
    var isStopping = false
    var threads = 0
  }

  private let port: UInt16
  private let path: String
  private let state = Mutex(State())

  init(port: UInt16, path: String, threads: Int) {
    self.port = port
    self.path = path
    state.withLock { $0.threads = threads }
    for _ in 0..<threads {
      StormThread.start("storm-sender") { [self] in
        post()
        state.withLock { $0.threads -= 1 }
      }
    }
  }

  /// The run each acknowledged event became.
  var acknowledged: [String: Int64] { state.withLock { $0.acknowledged } }
  /// Events that were acknowledged only after another try.
  var sentAgain: Int { state.withLock { $0.sentAgain } }

  /// Begins or pauses; an event on its way is sent until it is acknowledged.
  func post(_ isPosting: Bool) { state.withLock { $0.isPosting = isPosting } }

  /// Ends the threads, each when its event is acknowledged.
  func stop() {
    state.withLock { $0.isPosting = false }
    // The host is up: what is on its way gets its receipt now.
    usleep(2_000_000)
    state.withLock { $0.isStopping = true }
    while state.withLock({ $0.threads }) > 0 { usleep(10_000) }
  }

  private func post() {
    var socket: StormSocket?
    while true {
      let next = state.withLock { state -> (stop: Bool, event: String?) in
        guard state.isPosting, !state.isStopping else { return (state.isStopping, nil) }
        state.lastEvent += 1
        return (false, "e\(state.lastEvent)")
      }
      if next.stop { return }
      guard let event = next.event else {
        usleep(20_000)
        continue
      }
      deliver(event, &socket)
      usleep(10_000)
    }
  }

  private func deliver(_ event: String, _ socket: inout StormSocket?) {
    let body = JSONValue.object(["id": .text(event)]).json
    let request =
      "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    var tries = 0
    while !state.withLock({ $0.isStopping }) {
      tries += 1
      if socket == nil { socket = StormSocket(port: port) }
      guard let open = socket, open.send(request), let answer = open.receive() else {
        socket = nil
        usleep(20_000)
        continue
      }
      if answer.firstLine.contains(" 202 "),
        let run = (try? JSONValue(parsing: answer.body))?["run"]?.asText.flatMap({ Int64($0) })
      {
        let wasRepeated = tries > 1
        return state.withLock { state in
          state.acknowledged[event] = run
          if wasRepeated { state.sentAgain += 1 }
        }
      }
      usleep(20_000)
    }
  }
}
