// SPDX-License-Identifier: Apache-2.0
// torture: shows on this machine that nothing is lost and nothing happens twice.
import Glibc
import Storm
import Values

/// `jackfield torture`: breaks hosts on purpose, in a folder of its own, and counts what is left.
enum TortureCommand {
  static let command = Command(
    "torture", "Kills a host of its own under load and counts what is left; touches no other data.",
    options: [
      Option("rounds", "N", help: "how many kills (100)"),
      Option("seed", "N", help: "the seed of the kills (1), or the first of the simulation (0)"),
    ] + simulationOptions, need: .nothing
  ) { context in
    try context.arguments.has("simulate") ? simulate(context) : kill(context)
  }

  private static func kill(_ context: CommandContext) throws -> ExitCode {
    let rounds = try context.arguments.integer("rounds", in: 1...100_000) ?? 100
    let seed = try context.arguments.integer("seed", in: 0...Int.max) ?? 1
    let folder: StormFolder
    let report: StormReport
    do {
      folder = try StormFolder()
      report = try KillStorm(
        program: ownPath(), folder: folder.path, rounds: rounds, seed: UInt64(seed)
      ) { context.console.progress($0) }.run()
    } catch let error as StormError {
      throw CommandError(error.message)
    }
    context.console.progress("")
    if context.wantsJSON {
      context.console.line(report.value.json)
    } else {
      context.console.line(text(report))
    }
    guard report.wrong.isEmpty else {
      context.console.writeError("jackfield: kept for looking at: \(folder.path)\n")
      return .failed
    }
    folder.remove()
    return .succeeded
  }

  private static func text(_ report: StormReport) -> String {
    var text =
      "\(report.kills) kills; \(report.acknowledged) events acknowledged, \(report.sentAgain) after "
      + "being sent again\n"
    for (point, count) in report.byPoint.sorted(by: { $0.key < $1.key }) {
      text += "  at \(point)".padded(to: 14) + "\(count)\n"
    }
    text +=
      "\(report.markedUnknown) runs with a request whose fate is unknown, "
      + "\(report.keyedRepeated) requests repeated that may be\n"
    if report.wrong.isEmpty { return text + "nothing was lost and nothing happened twice" }
    return text + "WRONG:\n" + report.wrong.prefix(20).map { "  \($0)\n" }.joined()
  }

  private static func ownPath() -> String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    return String(decoding: path.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
