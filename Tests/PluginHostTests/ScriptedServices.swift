// SPDX-License-Identifier: Apache-2.0
// Host services that do what a test says.
import PluginHost
import Synchronization

/// Answers every request with its own JSON, and every end of egress with a fate, at once or never.
///
/// **Isolation** any thread for the script; the protocol's functions on the loop.
final class ScriptedServices: CallServices, Sendable {
  struct Script {
    /// What `endEgress` answers; nil: never.
    var fate: EgressFate? = EgressFate.none
    /// False: requests are kept without an answer.
    var answers = true
    var requests: [ServiceRequest] = []
    var ended: [UInt64] = []
    var logs: [(call: UInt64, text: String)] = []
    var progress: [(call: UInt64, json: String)] = []
  }

  let script = Mutex(Script())

  func serve(_ request: ServiceRequest, reply: @escaping (ServiceReply) -> Void) {
    let answers = script.withLock { script in
      script.requests.append(request)
      return script.answers
    }
    if answers { reply(ServiceReply(status: 0, json: Array(request.json))) }
  }

  func endEgress(of call: CallRequest, done: @escaping (EgressFate) -> Void) {
    let fate = script.withLock { script in
      script.ended.append(call.id)
      return script.fate
    }
    if let fate { done(fate) }
  }

  func callLog(_ call: CallRequest, level: UInt8, text: ArraySlice<UInt8>) {
    script.withLock { $0.logs.append((call.id, String(decoding: text, as: UTF8.self))) }
  }

  func callProgress(_ call: CallRequest, json: ArraySlice<UInt8>) {
    script.withLock { $0.progress.append((call.id, String(decoding: json, as: UTF8.self))) }
  }
}
