// SPDX-License-Identifier: Apache-2.0
// The host services over the socket.
import CJackfield
import PluginRuntime
import WorkerProtocol

/// Sends the requests of calls to the host, and hands the replies to the threads that wait.
///
/// **Isolation**: any thread.
// Safe because: `boxes` is touched only under `lock`, and `waiting` is set before the first call.
final class SocketBackend: ServiceBackend, @unchecked Sendable {
  private let link: HostLink
  private let lock = Lock()
  private var boxes: [UInt64: ReplyBox] = [:]
  /// How a thread waits for a reply, when it may read the socket itself.
  var waiting: ((ReplyBox) -> ServiceReply)?

  init(link: HostLink) { self.link = link }

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

  func wait(_ box: ReplyBox) -> ServiceReply { waiting?(box) ?? box.wait() }

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

  private static func key(_ call: UInt32, _ exchange: UInt32) -> UInt64 {
    UInt64(call) << 32 | UInt64(exchange)
  }
}
