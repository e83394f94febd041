// SPDX-License-Identifier: Apache-2.0
// What a command is, and what it is given when it runs.
import Jackfield
import Pipeline

/// How a command ended, as the exit code tells it.
enum ExitCode: Int32 {
  /// It did what was asked; for `run`: succeeded, stopped or waiting.
  case succeeded = 0
  /// It was understood and did not work out; for `run`: failed or unknown.
  case failed = 1
  /// The command line or a document was wrong.
  case wrong = 2
}

/// A command that did not work out: what to print, and the exit code.
struct CommandError: Error {
  let message: String
  let exit: ExitCode

  init(_ message: String, _ exit: ExitCode = .failed) {
    self.message = message
    self.exit = exit
  }
}

/// One command of the program.
struct Command: Sendable {
  /// How much of a host the command needs; a command never opens more than it uses.
  enum Need: Sendable {
    /// Neither data folder nor plugins.
    case nothing
    /// The data folder as it lies; where a host runs on it, that host looks.
    case folder
    /// The store and the catalogue.
    case documents
    /// Workers and the scheduler too.
    case everything
  }

  /// The words that name it: `["connector", "apply"]`.
  let words: [String]
  let summary: String
  /// Names of the operands; `?` ends an optional one, `…` a repeated one.
  let operands: [String]
  /// Which operands are files: they are read where the command is typed.
  let files: [Int]
  let options: [Option]
  let need: Need
  /// A switch with which the documents alone are enough.
  let lightSwitch: String?
  /// What it needs where it can ask a person.
  let needAtTerminal: Need?
  let body: @Sendable (CommandContext) throws -> ExitCode

  init(
    _ words: String, _ summary: String, operands: [String] = [], files: [Int] = [],
    options: [Option] = [], need: Need = .documents, lightSwitch: String? = nil,
    needAtTerminal: Need? = nil,
    body: @escaping @Sendable (CommandContext) throws -> ExitCode
  ) {
    self.words = words.split(separator: " ").map(String.init)
    self.summary = summary
    self.operands = operands
    self.files = files
    self.options = options
    self.need = need
    self.lightSwitch = lightSwitch
    self.needAtTerminal = needAtTerminal
    self.body = body
  }

  var name: String { words.joined(separator: " ") }

  /// How much of a host these arguments need.
  func need(of arguments: Arguments, isTerminal: Bool) -> Need {
    if let lightSwitch, arguments.has(lightSwitch) { return .documents }
    return isTerminal ? needAtTerminal ?? need : need
  }

  /// Whether the command is about what a folder holds already: in a folder that is not there it is
  /// typed in the wrong place, and "no runs" would be the wrong answer.
  var asksOfStored: Bool {
    ["runs", "delay", "alert", "breaker", "status", "backup"].contains(words.first)
  }

  /// Whether a word given for an operand is a file to be read; where a name may stand too, a word
  /// that can be one is.
  func isFile(_ word: String, at index: Int) -> Bool {
    !(operands[index].hasPrefix("NAME|") && DocumentName.isValid(word))
  }

  var allOptions: [Option] { options + Option.common }

  /// The text of `--help`.
  var help: String {
    let shown = operands.map { $0.hasSuffix("?") ? "[\($0.dropLast())]" : $0 }
    var text = "jackfield " + ([name] + shown).joined(separator: " ") + " [options]\n\n\(summary)\n\n"
    for option in allOptions {
      let left = "--\(option.name)" + (option.value.map { " \($0)" } ?? "")
      text += "  " + left.padded(to: 26) + option.help + "\n"
    }
    return text
  }
}

/// What a running command works with.
struct CommandContext {
  let arguments: Arguments
  let console: Console
  /// The bytes of the files the command line names, by the path as typed.
  let files: [String: [UInt8]]
  /// The host; only commands whose need is `nothing`, or `folder`, may have none.
  let host: Host?

  /// The host of a command that said it needs one.
  var theHost: Host {
    guard let host else { preconditionFailure("the command asked for no host") }
    return host
  }

  var wantsJSON: Bool { arguments.has("json") }

  func file(_ index: Int) throws(CommandError) -> (path: String, bytes: [UInt8]) {
    let path = arguments.operands[index]
    guard let bytes = files[path] else {
      throw CommandError("\(path) was not handed over", .wrong)
    }
    return (path, bytes)
  }
}

extension String {
  /// The text with spaces up to a width, never cut.
  func padded(to width: Int) -> String {
    count >= width ? self + " " : self + String(repeating: " ", count: width - count)
  }
}
