// SPDX-License-Identifier: Apache-2.0
// The words of a command line, sorted into options and operands.
import Pipeline

/// A mistake in the command line: what is wrong and what to type.
struct UsageError: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// One option of a command.
struct Option: Sendable {
  let name: String
  /// What its value is called in the help; nil for a switch.
  let value: String?
  let help: String
  /// Whether it may stand several times.
  let repeats: Bool

  init(_ name: String, _ value: String? = nil, repeats: Bool = false, help: String) {
    self.name = name
    self.value = value
    self.repeats = repeats
    self.help = help
  }

  /// What every command takes.
  static let common = [
    Option("data", "DIR", help: "the data folder (JACKFIELD_DATA, else ./jackfield-data)"),
    Option("project", "P", help: "the project (the only one there is, or \"default\")"),
    Option("json", help: "machine-readable output"),
    Option("help", help: "this text"),
  ]
}

/// The words after the command's own, checked against what it takes.
struct Arguments {
  private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]
  private var switches: Set<String> = []

  /// - Throws: `UsageError` for an unknown option, a missing value or one too many.
  init(_ words: [String], options: [Option], operandNames: [String], command: String)
    throws(UsageError)
  {
    var rest = words[...]
    var onlyOperands = false
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word != "-", !onlyOperands else {
        operands.append(word)
        continue
      }
      if word == "--" {
        onlyOperands = true
        continue
      }
      let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1)
      let name = parts.first.map(String.init) ?? ""
      guard let option = options.first(where: { $0.name == name || (name == "h" && $0.name == "help") })
      else {
        let near = Suggestion.nearest(to: name, among: options.map(\.name))
        let hint = near.map { "did you mean --\($0)?" } ?? "see jackfield \(command) --help"
        throw UsageError("unknown option \(word) of \(command): \(hint)")
      }
      guard let valueName = option.value else {
        switches.insert(option.name)
        continue
      }
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
        throw UsageError("--\(option.name) takes a value: --\(option.name) \(valueName)")
      }
      if values[option.name] != nil && !option.repeats {
        throw UsageError("--\(option.name) is given twice")
      }
      values[option.name, default: []].append(value)
    }
    guard !has("help") else { return }
    let required = operandNames.filter { !$0.hasSuffix("?") && !$0.hasSuffix("…") }
    if operands.count < required.count {
      throw UsageError("\(command) takes \(required[operands.count])")
    }
    let takesMany = operandNames.last?.hasSuffix("…") ?? false
    if operands.count > operandNames.count && !takesMany {
      throw UsageError("\(command) does not take \"\(operands[operandNames.count])\"")
    }
  }

  func has(_ name: String) -> Bool { switches.contains(name) }
  subscript(_ name: String) -> String? { values[name]?.last }
  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// A whole number of an option.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "--\(name) takes a number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
    }
    return number
  }
}
