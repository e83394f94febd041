// SPDX-License-Identifier: Apache-2.0
// The folders with many stored runs, filled once for all rounds and questions.
import Jackfield

/// **Isolation**: one thread.
final class StoredRuns {
  /// How many stand for a host that has run for long.
  let many: Int
  /// How many a host had after its first day.
  let few = 1_000
  /// Sleeping delays that a host may well have in memory.
  let fewDelays: Int
  /// Runs that have not ended, beside those that have.
  let unfinished: Int

  private let keptAt: String?
  private var made: [String: BenchFolder] = [:]

  /// - Parameter keptAt: where folders are made to stay, and found again; nil: beside the program,
  ///   until the bench ends.
  init(scale: Double, keptAt: String?) {
    many = Int(1_000_000 * scale * scale)
    fewDelays = many / 100
    unfinished = Int(4_000 * scale)
    self.keptAt = keptAt
  }

  /// Runs of one action that have succeeded, their journals in segments; beside them some that
  /// sleep. Few are made anew each time, so that they stay few.
  func ended(_ count: Int) throws -> BenchFolder {
    try folder(count == many ? "ended-\(count)-\(unfinished)" : nil) { bench in
      try RunFill(bench, document: Self.echo("ended"))
        .add(count, says: "ended runs stored") { _ in Self.event }
      Bench.say("  their journals go to segments …")
      try bench.archive()
      try Self.sleep(unfinished / 4 * 3, bench)
    }
  }

  /// Runs that wait at a delay which is due in a month.
  func sleeping(_ count: Int) throws -> BenchFolder {
    try folder("sleeping-\(count)") { try Self.sleep(count, $0) }
  }

  private func folder(
    _ name: String?, _ fill: (BenchHost) throws -> Void
  ) throws -> BenchFolder {
    if let folder = name.flatMap({ made[$0] }) { return folder }
    var folder = try BenchFolder()
    if let name, let keptAt { folder = try BenchFolder(keptAt: keptAt + "/" + name) }
    if !folder.has("filled") {
      let bench = try BenchHost(in: folder, extent: .documents)
      defer { bench.close() }
      try fill(bench)
      try folder.write("", to: "filled")
    }
    if let name { made[name] = folder }
    return folder
  }

  private static func sleep(_ count: Int, _ bench: BenchHost) throws {
    let due = Host.now() + 30 * 86_400_000
    try RunFill(bench, document: delay("sleeping"))
      .add(count, says: "sleeping runs stored") { delayed(until: due + Int64($0)) }
  }

  // MARK: documents

  static let event = String(decoding: EchoPlugin.parameters, as: UTF8.self)

  static func delayed(until due: Int64) -> String {
    "{\"due\":\(due),\"text\":\"\(String(repeating: "x", count: 170))\"}"
  }

  static func echo(_ name: String) -> String {
    """
    {"format": 1, "project": "bench", "name": "\(name)", "trigger": {"webhook": {}},
     "steps": [{"id": "s", "components": [\(action)]}]}
    """
  }

  /// Waits for the time that the event names, then echoes, or ends.
  static func delay(_ name: String, endsThere: Bool = false) -> String {
    """
    {"format": 1, "project": "bench", "name": "\(name)", "trigger": {"webhook": {}},
     "steps": [{"id": "s", "components": [
       {"delay": {"id": "d", "on": "{{event.due}}", "past_due": "run_now"}}
       \(endsThere ? "" : ", " + action)]}]}
    """
  }

  private static let action = """
    {"action": {"id": "a", "use": "\(EchoPlugin.action)", "with": {"text": "{{event.text}}"},
      "save": "v"}}
    """
}
