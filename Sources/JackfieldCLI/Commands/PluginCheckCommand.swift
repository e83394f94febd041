// SPDX-License-Identifier: Apache-2.0
// plugin check
import Glibc
import Pipeline
import PluginCheck
import PluginHost
import Values

/// Tries a plugin out, one named check after the other.
enum PluginCheckCommand {
  static let command = Command(
    "plugin check",
    "Tries a plugin out before its users do: exit code 1 when a check fails.",
    operands: ["FOLDER?"],
    options: [
      Option("list", help: "the checks, and what each asks"),
      Option("only", "NAME", repeats: true, help: "these checks alone: NAME[,NAME…]"),
      Option("seed", "N", help: "where chance begins; printed, so that a run can be repeated"),
      Option("reproduce", "N", help: "the one round of the fuzz with this seed"),
      Option("fuzz-seconds", "N", help: "how long to fuzz (5)"),
    ], need: .nothing
  ) { context in
    if context.arguments.has("list") { return list(context) }
    guard let folder = context.arguments.operands.first else {
      throw UsageError("plugin check takes FOLDER, or --list")
    }
    return try check(folder, context)
  }

  private static func list(_ context: CommandContext) -> ExitCode {
    if context.wantsJSON {
      let checks: [JSONValue] = PluginCheck.all.map {
        ["check": .text($0.name), "description": .text($0.summary)]
      }
      context.console.line(JSONValue.list(checks).json)
    } else {
      for check in PluginCheck.all {
        context.console.line(check.name.padded(to: 20) + check.summary)
      }
    }
    return .succeeded
  }

  private static func check(_ folder: String, _ context: CommandContext) throws -> ExitCode {
    let reproduces = try seed("reproduce", context)
    let seed = try seed("seed", context) ?? UInt64.random(in: 0...999_999_999)
    let fuzzSeconds = try context.arguments.integer("fuzz-seconds", in: 0...86_400) ?? 5
    let checks = try wanted(context, reproduces: reproduces != nil)
    let program = PluginSet.probeProgram
    guard access(program, X_OK) == 0 else {
      throw CommandError("\(program) is not there: install it beside the jackfield program")
    }
    let run = CheckRun(
      subject: try read(context.console.path(folder)), program: program,
      seed: seed, fuzzSeconds: fuzzSeconds, reproduces: reproduces,
      collections: KnownCollections.read(below: PluginSet.installedFolder))
    let report = run.report(checks) { context.console.progress("checking \($0) …") }
    context.console.progress("")
    context.console.write(context.wantsJSON ? report.value.json + "\n" : report.text)
    return report.hasFailed ? .failed : .succeeded
  }

  private static func read(_ folder: String) throws(CommandError) -> CheckSubject {
    do throws(PluginHostError) {
      return try CheckSubject(folder: folder)
    } catch {
      throw CommandError(error.message, .wrong)
    }
  }

  private static func wanted(
    _ context: CommandContext, reproduces: Bool
  ) throws(UsageError) -> [PluginCheck] {
    let names = context.arguments.all("only").flatMap { $0.split(separator: ",").map(String.init) }
    let known = PluginCheck.all.map(\.name)
    for name in names where !known.contains(name) {
      throw UsageError(
        "unknown check \"\(name)\"" + Suggestion.text(for: name, among: known, listUpTo: 40))
    }
    if reproduces { return PluginCheck.all.filter { $0.name == "fuzz" } }
    return names.isEmpty ? PluginCheck.all : PluginCheck.all.filter { names.contains($0.name) }
  }

  private static func seed(_ name: String, _ context: CommandContext) throws(UsageError) -> UInt64?
  {
    guard let text = context.arguments[name] else { return nil }
    guard let seed = UInt64(text) else {
      throw UsageError("--\(name) takes a whole number, not \"\(text)\"")
    }
    return seed
  }
}
