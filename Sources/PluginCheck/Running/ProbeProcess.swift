// SPDX-License-Identifier: Apache-2.0
// The process of one check, seen from the checker.

import CSystem
import Glibc
import PluginHost
import Values

/// Starts a probe, waits for its finding, and tells how it ended when there is none.
struct ProbeProcess {
  let run: CheckRun

  /// **Unit**: milliseconds. No check of a plugin that behaves takes a tenth of it.
  private func limit(_ check: PluginCheck) -> Int32 {
    Int32(20_000 + (check.name == "fuzz" ? run.fuzzSeconds * 1_000 : 0))
  }

  /// Remembers what each library needs, over all checks.
  private static let closure = LibraryClosure()

  func find(_ check: PluginCheck) -> CheckFinding {
    do throws(PluginHostError) {
      guard let image = try run.subject.plugin?.image() else { return ImageReading.gone }
      let order = ProbeOrder(
        check: check.name, run: run, libraries: Self.closure.files(ofImage: image.memory.number))
      let room = try ProbeRoom(order: order.value, limit: limit(check))
      let death = try room.start(program: run.program, image: image.memory)
      return finding(check, room, death)
    } catch {
      return .fail(error.message)
    }
  }

  private func finding(
    _ check: PluginCheck, _ room: ProbeRoom, _ death: ProbeDeath
  ) -> CheckFinding {
    var finding = room.answer.flatMap { CheckFinding($0) } ?? crash(check, room, death)
    if finding.outcome.isFailure, let seed = room.note.seed {
      finding.message +=
        "\n  again: jackfield plugin check \(run.subject.folder) --reproduce \(seed)"
    }
    return finding
  }

  private func crash(
    _ check: PluginCheck, _ room: ProbeRoom, _ death: ProbeDeath
  ) -> CheckFinding {
    let place = room.note.said
    var text = death.text + (place.isEmpty ? "" : ", inside of \(place)")
    text += "\n  expected: \(check.summary)"
    let printed = room.printed
    if !printed.isEmpty { text += "\n  it printed: \(printed)" }
    // Where these take the process down, everything after them would too.
    let lacks: [String: CheckNeed] = ["load": .load, "open": .open, "actions": .actions]
    return CheckFinding(.crashed, text, lacks: lacks[check.name])
  }
}
