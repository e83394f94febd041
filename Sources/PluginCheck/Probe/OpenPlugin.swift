// SPDX-License-Identifier: Apache-2.0
// A plugin that is open in a probe, and its calls.

import Glibc
import Pipeline
import PluginRuntime
import Values

/// An open instance with the scripted host behind it.
// Safe because: all it holds is constant or guards itself; the counter is under the lock.
final class OpenPlugin: @unchecked Sendable {
  let probe: Probe
  let instance: RuntimeInstance
  let host: ScriptedHost
  private let actions: RuntimeActions
  private let lock = Lock()
  private var lastNumber: UInt32 = 0

  /// Loads and opens the plugin, offering it `services`.
  init(_ probe: Probe, services: [String]) throws(CheckStop) {
    self.probe = probe
    host = ScriptedHost()
    let image = try probe.load()
    probe.note.say("open")
    do throws(LoadError) {
      instance = try RuntimeInstance(
        opening: image, settings: probe.world.settings.jsonBytes, services: services,
        backend: host)
      actions = try instance.actions(probe.manifest.actions.map(\.id.rawValue))
    } catch {
      let lacks: CheckNeed = error.code == .unknownAction ? .actions : .open
      throw CheckStop(.fail(error.message + host.ownLogText, lacks: lacks))
    }
    host.canCancel { [instance] in instance.cancel($0) }
  }

  func close() {
    probe.note.say("close")
    instance.close()
  }

  /// Calls an action on this thread; cancelled before it begins, where that is wanted.
  func call(
    _ sample: CallSample, _ manner: CallScript.Manner = .willing, parameters: JSONValue? = nil,
    budgetMS: Int64 = 10_000, key: String = "run-7-welcome-1", attempt: Int64 = 1,
    isCancelled: Bool = false, says: String? = nil
  ) -> CallReport {
    let number = lock.locked {
      lastNumber += 1
      return lastNumber
    }
    var script = CallScript(manner, world: probe.world, exchanges: sample.exchanges)
    script.deadline = MonotonicClock.now + budgetMS * 900_000
    host.begin(script, call: number)
    if let says { probe.note.say(says) } else { probe.note.say(sample.name) }
    let result = actions.run(
      RuntimeActions.Call(
        number: number, action: sample.index, budgetMS: budgetMS, key: Array(key.utf8)[...],
        context: context(attempt).jsonBytes[...],
        parameters: (parameters ?? sample.parameters).jsonBytes[...])
    ) {
      if isCancelled { instance.cancel(number) }
    }
    return CallReport(result, host.end(call: number) ?? script)
  }

  private func context(_ attempt: Int64) -> JSONValue {
    var context: JSONObject = [
      "project": "acme", "connector": "orders", "run": "7", "action": "welcome",
      "attempt": .integer(attempt), "time_zone": "UTC", "constants": [:], "hops": 0,
    ]
    if let contact = probe.world.contact { context["contact"] = ["id": .text(contact)] }
    return .object(context)
  }
}
