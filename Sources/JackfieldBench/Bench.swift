// SPDX-License-Identifier: Apache-2.0
// The bench from its arguments to its table.
import Glibc

/// The questions of `jackfield-bench`, asked in rounds.
struct Bench {
  static let usage = """
    usage: jackfield-bench [--rounds N] [--quick] [--json] [--stored FOLDER] [QUESTION…]
      QUESTION   json, steps, ping, call, webhook, start, growth, delays, cold, hostile,
                 inflight, messaging (default: all)
      --rounds   how often each side is measured, interleaved; medians are printed (default 5)
      --quick    a tenth of the work, a hundredth of the stored runs: whether it runs, not what it
                 is worth
      --json     one JSON object instead of the table
      --stored   where the folders with a million runs are made to stay, and found again: making
                 them takes minutes; without it they go when the bench ends
    """

  private var rounds = 5
  private var scale = 1.0
  private var asJSON = false
  private var wanted: [String] = []
  private var storedAt: String?

  init(arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--quick": (scale, rounds) = (0.1, 3)
      case "--json": asJSON = true
      case "--rounds":
        guard let count = rest.popFirst().flatMap({ Int($0) }), count > 0 else {
          throw BenchError(code: "usage", reason: "--rounds takes a number\n" + Self.usage)
        }
        rounds = count
      case "--stored":
        guard let folder = rest.popFirst() else {
          throw BenchError(code: "usage", reason: "--stored takes a folder\n" + Self.usage)
        }
        storedAt = folder
      case "--help":
        print(Self.usage)
        exit(0)
      case _ where argument.hasPrefix("-"):
        throw BenchError(code: "usage", reason: "unknown option \(argument)\n" + Self.usage)
      default: wanted.append(argument)
      }
    }
  }

  func run() async throws {
    let all = questions()
    for name in wanted where !all.contains(where: { $0.name == name }) {
      throw BenchError(code: "usage", reason: "unknown question \(name)\n" + Self.usage)
    }
    var answers: [Answer] = []
    for question in all where wanted.isEmpty || wanted.contains(question.name) {
      Self.say("\(question.title) …")
      answers.append(try await question.answer(rounds: rounds))
    }
    print(asJSON ? Report.json(answers) : Report.table(answers))
  }

  /// A line on standard error: the table alone goes to standard output.
  static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  private func questions() -> [Question] {
    let stored = StoredRuns(scale: scale, keptAt: storedAt)
    return [
      JSONQuestion.make(scale: scale), StepsQuestion.make(scale: scale),
      PingQuestion.make(scale: scale), CallQuestion.make(scale: scale),
      WebhookQuestion.make(scale: scale), StartQuestion.make(stored),
      GrowthQuestion.make(scale: scale, stored), DelaysQuestion.make(scale: scale, stored),
      ColdQuestion.make(scale: scale), HostileQuestion.make(scale: scale),
      InFlightQuestion.make(scale: scale), MessagingQuestion.make(scale: scale),
    ]
  }
}
