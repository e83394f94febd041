// SPDX-License-Identifier: Apache-2.0
// plugin record | replay
import Glibc
import Jackfield
import Pipeline
import PluginCheck
import PluginHost
import Values

/// Calls written down, and run again.
enum PluginReplayCommand {
  static let all = [
    Command(
      "plugin record", "Records all calls of a plugin, or again only those that fail.",
      operands: ["ID", "on|off"]
    ) { context in try record(context) },
    Command(
      "plugin replay",
      "Runs a recorded call again: exit code 1 when it asks or ends otherwise than recorded.",
      operands: ["FILE"], files: [0],
      options: [
        Option("plugin", "PATH", help: "the plugin's folder, or its shared object"),
        Option("debugger", help: "in gdb, or lldb where there is none; stops before the call"),
      ], need: .nothing
    ) { context in try replay(context) },
  ]

  private static func record(_ context: CommandContext) throws -> ExitCode {
    let id = context.arguments.operands[0]
    guard let isOn = ["on": true, "off": false][context.arguments.operands[1]] else {
      throw UsageError("plugin record takes on or off, not \"\(context.arguments.operands[1])\"")
    }
    let project = try context.project()
    try context.theHost.recordCalls(of: id, project: project, isOn)
    if context.wantsJSON {
      context.console.line(JSONValue.object(["id": .text(id), "recorded": .boolean(isOn)]).json)
    } else {
      context.console.line(
        isOn
          ? "all calls of \(id) are recorded in \(project); jackfield runs show RUN --record has them"
          : "only calls of \(id) that fail are recorded in \(project)")
    }
    return .succeeded
  }

  private static func replay(_ context: CommandContext) throws -> ExitCode {
    let (file, bytes) = try context.file(0)
    let transcript = try transcript(bytes, of: file)
    let subject = try subject(for: transcript, context)
    let program = PluginSet.probeProgram
    guard access(program, X_OK) == 0 else {
      throw CommandError("\(program) is not there: install it beside the jackfield program")
    }
    if context.arguments.has("debugger") {
      let debugger = ReplayDebugger(
        program: program, file: context.console.path(file), image: subject.path)
      return try debugger.run(context)
    }
    let verdict = try hosting { () throws(PluginHostError) in
      try ReplayRun(transcript: transcript, subject: subject, program: program).verdict()
    }
    show(verdict, transcript, subject, context)
    return verdict.kind == .same ? .succeeded : .failed
  }

  private static func transcript(
    _ bytes: [UInt8], of file: String
  ) throws(CommandError) -> CallTranscript {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
      throw CommandError("\(file) is no JSON: \(error): ask for the record again", .wrong)
    }
    do throws(PipelineError) { return try CallTranscript(value: value) } catch {
      throw CommandError("\(file): \(error)", .wrong)
    }
  }

  private static func subject(
    for transcript: CallTranscript, _ context: CommandContext
  ) throws(CommandError) -> ReplaySubject {
    try hosting { () throws(PluginHostError) in
      if let path = context.arguments["plugin"] {
        return try ReplaySubject(path: context.console.path(path), for: transcript)
      }
      return try ReplaySubject(
        for: transcript, dataFolder: Program.dataFolder(context.arguments),
        bundled: PluginSet.installedFolder)
    }
  }

  private static func hosting<Value>(
    _ body: () throws(PluginHostError) -> Value
  ) throws(CommandError) -> Value {
    do throws(PluginHostError) { return try body() } catch {
      throw CommandError(error.message, .wrong)
    }
  }

  private static func show(
    _ verdict: ReplayVerdict, _ transcript: CallTranscript, _ subject: ReplaySubject,
    _ context: CommandContext
  ) {
    let note = subject.note(on: transcript)
    if context.wantsJSON {
      var value: JSONObject = [
        "verdict": .text(verdict.kind.rawValue), "message": .text(verdict.message),
        "plugin": .text(transcript.plugin.id.rawValue), "action": .text(transcript.action.rawValue),
        "image": .text(subject.path), "log": .list(verdict.log.map { .text($0) }),
      ]
      if let call = verdict.call { value["call"] = .integer(Int64(call)) }
      if let path = verdict.path { value["path"] = .text(path) }
      if let note { value["note"] = .text(note) }
      return context.console.line(JSONValue.object(value).json)
    }
    context.console.line(
      "\(transcript.action) of \(transcript.plugin.id) \(transcript.plugin.version) · run "
        + "\(transcript.run) of \(transcript.project), attempt \(transcript.attempt)")
    if let note { context.console.line("  note: \(note)") }
    for line in verdict.log { context.console.line("  log: \(line)") }
    context.console.line(verdict.text)
  }
}
