// SPDX-License-Identifier: Apache-2.0
// One call, run again in this process.

import CSystem
import Glibc
import Pipeline
import PluginRuntime
import Synchronization
import Values

/// A transcript on its way through the plugin.
struct Replay: Sendable {
  let transcript: CallTranscript
  /// False runs without an end to the call's time, for a person who steps through it.
  let isTimed: Bool
  /// Told how many requests were served.
  let note: @Sendable (Int) -> Void
  /// Told what the call came to, once; ends the process.
  let stop: @Sendable (ReplayVerdict) -> Never
  /// Called when the call is overdue and does not end: notes where it is, and ends the process.
  let interrupt: @Sendable (ReplayVerdict) -> Never

  /// The one call of this process.
  private static let number: UInt32 = 1
  /// **Unit** nanoseconds: what a host gives a cancelled call before it kills the worker.
  private static let grace: Int64 = 100_000_000
  /// **Unit** milliseconds: as good as no end, for a call that is not timed.
  private static let untimed: Int64 = 86_400_000

  func run(_ image: PluginImage) -> Never {
    let host = ReplayHost(transcript.exchanges, note: note, stop: stop)
    let actions = actions(of: image, host)
    let budget = isTimed ? transcript.budgetMS : max(transcript.budgetMS, Self.untimed)
    let isOverdue = Overdue()
    if isTimed { watch(budget, host, actions.instance, isOverdue) }
    sys_replay_begin()
    let result = actions.run(
      RuntimeActions.Call(
        number: Self.number, action: 0, budgetMS: budget, key: Array(transcript.key.utf8)[...],
        context: transcript.context.jsonBytes[...],
        parameters: transcript.parameters.jsonBytes[...]))
    // What returns after its time is not used.
    end(isOverdue.isSet ? .timeout(place: []) : ending(result), host)
  }

  private func actions(of image: PluginImage, _ host: ReplayHost) -> RuntimeActions {
    do throws(LoadError) {
      let instance = try RuntimeInstance(
        opening: image, settings: transcript.settings.jsonBytes,
        services: transcript.plugin.interfaces, backend: host)
      return try instance.actions([transcript.action.rawValue])
    } catch {
      stop(ReplayVerdict(.notRun, error.message))
    }
  }

  private func ending(_ result: CallResult) -> CallTranscript.Ending {
    let value = (try? JSONValue(parsing: result.json)) ?? .null
    let isResult = result.status == 0 || result.status == CallResult.waits
    return .returned(isResult ? nil : ErrorClass(status: result.status), value)
  }

  private func end(_ ending: CallTranscript.Ending, _ host: ReplayHost) -> Never {
    var verdict = ReplayVerdict(of: ending, asked: host.asked, in: transcript)
    verdict.log = host.log
    stop(verdict)
  }

  /// Does at the end of the call's time what its host did: refuses what is open, cancels, waits a
  /// little, and ends the process.
  private func watch(
    _ budgetMS: Int64, _ host: ReplayHost, _ instance: RuntimeInstance, _ isOverdue: Overdue
  ) {
    let hasStarted = PluginThread.start { [self] in
      sleep(nanoseconds: budgetMS * 1_000_000)
      isOverdue.set()
      host.refuseOpen()
      instance.cancel(Self.number)
      sleep(nanoseconds: Self.grace)
      interrupt(ReplayVerdict(of: .timeout(place: []), asked: host.asked, in: transcript))
    }
    precondition(hasStarted, "the system has no more threads")
  }

  private func sleep(nanoseconds: Int64) {
    let end = MonotonicClock.now + nanoseconds
    while MonotonicClock.now < end {
      usleep(UInt32(clamping: min((end - MonotonicClock.now) / 1_000 + 1, 500_000)))
    }
  }

  /// Whether the time is over.
  private final class Overdue: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
  }
}
