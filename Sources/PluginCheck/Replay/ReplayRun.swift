// SPDX-License-Identifier: Apache-2.0
// A call that runs again, seen from who asked for it.

import CSystem
import Glibc
import Pipeline
import PluginHost
import Values

/// A transcript and the image to run it in.
///
/// **Isolation**: blocks its thread, which has to live as long as the run: the probe ends with it.
package struct ReplayRun {
  package let transcript: CallTranscript
  package let subject: ReplaySubject
  package let program: String

  package init(transcript: CallTranscript, subject: ReplaySubject, program: String) {
    self.transcript = transcript
    self.subject = subject
    self.program = program
  }

  /// **Unit** milliseconds: what loading takes at most, beside the call's own time.
  private static let patience: Int64 = 20_000

  /// Runs the call in a process of its own.
  ///
  /// **Throws** `no_memory`, `probe_not_spawned`.
  package func verdict() throws(PluginHostError) -> ReplayVerdict {
    let order: JSONValue = [
      "replay": transcript.value, "file": .text(subject.path),
      "libraries": .list(
        LibraryClosure().files(ofImage: subject.image.memory.number).map { .text($0) }),
    ]
    let limit = Int32(clamping: transcript.budgetMS.addingReportingOverflow(Self.patience).partialValue)
    let room = try ProbeRoom(order: order, limit: limit)
    let death = try room.start(program: program, image: subject.image.memory)
    if var verdict = room.answer.flatMap({ ReplayVerdict($0) }) {
      let place = functions(at: room.note.crashPlaces(of: SIGABRT))
      if !place.isEmpty { verdict.message += ", in " + place.joined(separator: ", called by ") }
      return verdict
    }
    return judge(death, room)
  }

  private func judge(_ death: ProbeDeath, _ room: ProbeRoom) -> ReplayVerdict {
    guard room.note.said.isEmpty else {
      return ReplayVerdict(.notRun, "while the image was loaded \(death.text)")
    }
    var verdict = ReplayVerdict(
      of: ending(death, room.note), asked: room.note.served, in: transcript)
    let printed = room.printed
    if !printed.isEmpty { verdict.message += "; it printed: \(printed)" }
    return verdict
  }

  private func ending(_ death: ProbeDeath, _ note: ProbeNote) -> CallTranscript.Ending {
    switch death {
    case .exited(let code):
      .died(signal: nil, exitCode: code, reason: "exited", place: [])
    case .signalled(let signal):
      .died(
        signal: signal, exitCode: nil, reason: "signalled",
        place: functions(at: note.crashPlaces(of: signal)))
    case .overdue: .timeout(place: [])
    }
  }

  private func functions(at places: [UInt64]) -> [String] {
    Array(subject.image.functions(at: places).prefix(4))
  }
}

extension ReplayVerdict {
  /// One line for a person.
  package var text: String {
    switch kind {
    case .same: "✓ the same: \(message)"
    case .diverged: "✗ \(message)"
    case .incomplete: "– \(message)"
    case .notRun: "☠ \(message)"
    }
  }
}
