// SPDX-License-Identifier: Apache-2.0
//
// The host services of calls that run inside of the host.

import PluginRuntime
import WorkerProtocol

/// Hands the requests of a plugin's threads to the loop, and the answers to the threads that wait.
///
/// **Isolation** any thread.
// Safe because: `lane` is only read on the loop, where it was set before the first call.
final class InsideBackend: ServiceBackend, @unchecked Sendable {
  private let loop: EventLoop
  weak var lane: InsideLane?

  init(loop: EventLoop) { self.loop = loop }

  func begin(_ request: PluginRuntime.ServiceRequest, box: ReplyBox) {
    let (call, exchange, service) = (request.call, request.exchange, request.service)
    let (json, body) = (request.json, request.joinedBody)
    guard json.count + body.count <= Limits.payload else {
      let text = #"{"code":"request_too_large","message":"a request has at most 32 MiB: send less"}"#
      return box.deliver(
        PluginRuntime.ServiceReply(exchange: exchange, status: 1, json: Array(text.utf8)[...]))
    }
    loop.post { [self] in
      lane?.serve(call, exchange, ServiceID(rawValue: service), json, body, box)
    }
  }

  func log(call: UInt32, level: UInt8, text: String) {
    loop.post { [self] in lane?.log(call, level, text) }
  }

  func progress(call: UInt32, json: [UInt8]) {
    loop.post { [self] in lane?.progress(call, json) }
  }
}
