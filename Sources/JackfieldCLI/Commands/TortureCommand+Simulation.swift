// SPDX-License-Identifier: Apache-2.0
// torture --simulate: seeds of the simulation, one after the other.
import Torture
import Values

extension TortureCommand {
  static let simulationOptions = [
    Option("simulate", help: "run the simulation in place of kills: no process, no file"),
    Option("seeds", "N", help: "with --simulate: how many seeds (500)"),
    Option("fault", "NAME", help: "with --simulate: break this on purpose and look for it"),
    Option("story", help: "with --simulate: tell what happened in the seed that failed"),
  ]

  static func simulate(_ context: CommandContext) throws -> ExitCode {
    let count = try context.arguments.integer("seeds", in: 1...10_000_000) ?? 500
    let first = try context.arguments.integer("seed", in: 0...Int.max / 2) ?? 0
    do {
      let fault = try context.arguments["fault"].map(fault)
      let simulation = try Simulation(fault: fault)
      var totals = SimulationTotals()
      for seed in UInt64(first)..<UInt64(first + count) {
        let report = try simulation.run(seed: seed)
        totals.add(report)
        if totals.seeds % 50 == 0 { context.console.progress("\(totals.seeds) of \(count) seeds") }
        guard report.problem != nil else { continue }
        context.console.progress("")
        return try tell(simulation, seed, fault, context)
      }
      context.console.progress("")
      return tell(totals, fault, context)
    } catch let error as TortureError {
      throw CommandError(error.description)
    }
  }

  private static func fault(_ name: String) throws(UsageError) -> SimulatedFault {
    guard let fault = SimulatedFault(rawValue: name) else {
      throw UsageError(TortureError.unknownFault(name).description)
    }
    return fault
  }

  /// A promise was broken: the seed is run again, so that what is printed is what it does again.
  private static func tell(
    _ simulation: Simulation, _ seed: UInt64, _ fault: SimulatedFault?, _ context: CommandContext
  ) throws -> ExitCode {
    let wantsStory = context.arguments.has("story")
    let report = try simulation.run(seed: seed, story: wantsStory)
    let option = fault.map { " --fault \($0.rawValue)" } ?? ""
    if context.wantsJSON {
      context.console.line(report.value.json)
    } else {
      for line in report.story { context.console.line(line) }
      context.console.line(
        "seed \(seed): \(report.problem ?? "it did not fail again")\n"
          + "again: jackfield torture --simulate --seed \(seed) --seeds 1\(option) --story")
    }
    // A fault that is found is what was asked for.
    return fault == nil ? .failed : .succeeded
  }

  private static func tell(
    _ totals: SimulationTotals, _ fault: SimulatedFault?, _ context: CommandContext
  ) -> ExitCode {
    if context.wantsJSON {
      context.console.line(totals.value.json)
    } else {
      context.console.line(
        "\(totals.seeds) seeds, \(totals.crashes) crashes, \(totals.runs) runs: "
          + (fault.map { "the fault \($0.rawValue) was NOT found" } ?? "no promise was broken"))
    }
    return fault == nil ? .succeeded : .failed
  }
}
