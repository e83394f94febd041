// SPDX-License-Identifier: Apache-2.0
// The host as a plugin in a probe sees it.

import Glibc
import Pipeline
import PluginRuntime
import Values

/// Answers the services of calls from their scripts.
///
/// **Isolation**: any thread of the plugin.
// Safe because: every stored property but the lock is touched only under it.
final class ScriptedHost: ServiceBackend, @unchecked Sendable {
  private let lock = Lock()
  private var scripts: [UInt32: CallScript] = [:]
  private var lateUseCount = 0
  private var ownLog: [String] = []
  /// Cancels a call by its number; set once the plugin is open.
  private var cancel: (UInt32) -> Void = { _ in }

  func canCancel(_ cancel: @escaping (UInt32) -> Void) { lock.locked { self.cancel = cancel } }

  func begin(_ script: CallScript, call: UInt32) { lock.locked { scripts[call] = script } }

  /// The script as the call left it.
  func end(call: UInt32) -> CallScript? { lock.locked { scripts.removeValue(forKey: call) } }

  func begin(_ request: ServiceRequest, box: ReplyBox) {
    guard let answer = answer(ServiceUse(request), call: request.call) else { return }
    box.deliver(
      ServiceReply(
        exchange: request.exchange, status: answer.status, json: answer.json.jsonBytes[...],
        body: answer.body[...]))
  }

  /// nil: there is none, the call was cancelled.
  private func answer(_ use: ServiceUse, call: UInt32) -> ServiceAnswer? {
    let (manner, deadline) = lock.locked {
      scripts[call]?.uses.append(use)
      return (scripts[call]?.manner ?? .willing, scripts[call]?.deadline ?? 0)
    }
    switch manner {
    case .cancelling:
      lock.locked { cancel }(call)
      return nil
    case .silent:
      // As the host does it: a service ends before the call's deadline, at most a tenth of it.
      let rest = deadline - MonotonicClock.now
      if rest > 0 { usleep(UInt32(rest / 1_000)) }
      return .failure(.unavailable, "deadline", "the time of the call is nearly over")
    default: break
    }
    return lock.locked {
      guard var script = scripts[call] else { return .failure(.bug, "late_use", "no such call") }
      let answer = script.answer(use)
      if answer.status != 0 { script.serviceCodes.insert(answer.json["code"]?.asText ?? "") }
      scripts[call] = script
      return answer
    }
  }

  /// How often calls were used after they had returned.
  var lateUses: Int { lock.locked { lateUseCount } }

  /// What the plugin logged outside of calls, for a message; empty when nothing.
  var ownLogText: String {
    let lines = lock.locked { ownLog }
    return lines.isEmpty ? "" : "\n  its log: " + lines.joined(separator: " ⏎ ")
  }

  func log(call: UInt32, level: UInt8, text: String) {
    lock.locked {
      if call == 0, ownLog.count < 5 { ownLog.append(String(text.prefix(200))) }
      if call == 0, text == RuntimeError.lateUse { lateUseCount += 1 }
      for number in call == 0 ? Array(scripts.keys) : [call] {
        scripts[number]?.logs.append(text)
      }
    }
  }

  func progress(call: UInt32, json: [UInt8]) {
    lock.locked { scripts[call]?.progress.append(String(decoding: json, as: UTF8.self)) }
  }
}
