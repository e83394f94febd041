// SPDX-License-Identifier: Apache-2.0
// The host services over the socket.
import CJackfield
import PluginRuntime
import WorkerProtocol

/// Sends the requests of calls to the host, and hands the replies to the threads that wait.
///
/// **Isolation**: any thread.
// Safe because: `boxes` and `isPumping` are touched only under `lock`, and `pump` is set before the
// first call.
final class SocketBackend: ServiceBackend, @unchecked Sendable {
  private let link: HostLink
  private let lock = Lock()
  private var boxes: [UInt64: ReplyBox] = [:]
  private var pump: (() -> Void)?
  private var isPumping = false

  init(link: HostLink) { self.link = link }

  /// Makes waiting threads read the socket themselves, by `pump`, which takes in one message.
  ///
  /// For a worker with one thread: it saves the hand-over to another.
  func readWhileWaiting(_ pump: @escaping () -> Void) { self.pump = pump }

  func begin(_ request: ServiceRequest, box: ReplyBox) {
    lock.locked { boxes[Self.key(request.call, request.exchange)] = box }
    var writer = PayloadWriter(capacity: 256 + request.json.count)
    writer.begin(.request, call: request.call, exchange: request.exchange)
    writer.u8(request.service)
    writer.bytes(request.json)
    writer.bytes(joining: request.body)
    if link.send(&writer) { return }
    box.deliver(
      ServiceReply(
        exchange: request.exchange, status: JF_INVALID_INPUT,
        json: Array(
          #"{"code":"request_too_large","message":"a request has at most 32 MiB: send less"}"#.utf8
        )[...]))
  }

  func wait(_ box: ReplyBox) -> ServiceReply {
    guard let pump else { return box.wait() }
    while true {
      if let reply = box.take() { return reply }
      if startPumping() {
        pump()
        stopPumping(box)
      } else if let reply = box.wait(or: { self.lock.locked { !self.isPumping } }) {
        return reply
      }
    }
  }

  func forget(call: UInt32, exchange: UInt32) {
    _ = lock.locked { boxes.removeValue(forKey: Self.key(call, exchange)) }
  }

  /// A reply of the host; one that nobody waits for is dropped.
  func deliver(_ reply: ReplyMessage) {
    let box = lock.locked { boxes[Self.key(reply.call, reply.exchange)] }
    box?.deliver(
      ServiceReply(
        exchange: reply.exchange, status: reply.status, json: reply.json, body: reply.body))
  }

  func log(call: UInt32, level: UInt8, text: String) {
    link.send(LogMessage(call: call, level: level, text: Array(text.utf8)[...]))
  }

  func progress(call: UInt32, json: [UInt8]) {
    link.send(ProgressMessage(call: call, json: json[...]))
  }

  private func startPumping() -> Bool {
    lock.locked {
      defer { isPumping = true }
      return !isPumping
    }
  }

  /// Another thread that waits has to read on, unless this one does.
  private func stopPumping(_ own: ReplyBox) {
    let others = lock.locked {
      isPumping = false
      return boxes.values.filter { $0 !== own }
    }
    for other in others { other.nudge() }
  }

  private static func key(_ call: UInt32, _ exchange: UInt32) -> UInt64 {
    UInt64(call) << 32 | UInt64(exchange)
  }
}
