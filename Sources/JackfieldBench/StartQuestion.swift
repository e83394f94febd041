// SPDX-License-Identifier: Apache-2.0
// How long a start takes, with many stored runs beside few.


enum StartQuestion {
  static func make(_ stored: StoredRuns) -> Question {
    Question(
      name: "start",
      title: "Start of jackfield serve with \(stored.many) stored runs, beside \(stored.few); "
        + "\(stored.unfinished) have not ended",
      figures: [
        Figure("listening", "ms", .below(200)),
        Figure("first_answer", "ms", .below(200)),
        Figure("cpu_host", "ms"),
      ],
      ours: { try start(stored, stored.many) },
      reference: { try start(stored, stored.few) })
  }

  /// Empty where the listener was not built.
  private static func start(_ stored: StoredRuns, _ count: Int) throws -> Question.Reading {
    guard ServedFolder.isPossible else { return [:] }
    let folder = try stored.ended(count)
    try addReady(stored.unfinished / 4, to: folder)
    let served = try ServedFolder(folder)
    defer { served.stop() }
    return [
      "listening": served.listening, "first_answer": served.answering,
      "cpu_host": served.processorUse,
    ]
  }

  /// The start before worked them off. The folder is nobody's when this returns.
  private static func addReady(_ count: Int, to folder: BenchFolder) throws {
    let bench = try BenchHost(in: folder, extent: .documents)
    defer { bench.close() }
    try RunFill(bench, document: StoredRuns.echo("ready"))
      .add(count, isWorkedOff: false) { _ in StoredRuns.event }
  }
}
