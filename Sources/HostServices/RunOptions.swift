// SPDX-License-Identifier: Apache-2.0
// The options of a request about runs, read with suspicion.
import Pipeline
import Values

/// Options as a plugin gave them: texts under known names.
struct RunOptions {
  private let members: JSONObject

  /// **Throws** `invalid_input` with an option nobody knows, and the nearest that is known.
  init(_ value: JSONValue?, keys: [String]) throws(ActionFailure) {
    switch value {
    case nil, .null: members = [:]
    case .object(let object): members = object
    default: throw RunOptions.wrong("options is an object")
    }
    if let unknown = members.names.first(where: { !keys.contains($0) }) {
      throw RunOptions.wrong(
        "no option \"\(unknown)\"" + Suggestion.text(for: unknown, among: keys))
    }
  }

  /// A text; nil where it is absent or null.
  func text(_ name: String) throws(ActionFailure) -> String? {
    switch members[name] {
    case nil, .null: return nil
    case .text(let text): return text
    case .some(let other): throw RunOptions.wrong("\(name) is a text, not \(other.typeName)")
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws(ActionFailure) -> Choice? where Choice.RawValue == String {
    guard let text = try text(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
      throw RunOptions.wrong("\(name) is \(known), not \"\(text)\"")
    }
    return choice
  }

  func duration(_ name: String) throws(ActionFailure) -> Duration? {
    guard let text = try text(name) else { return nil }
    do {
      return try DurationText.parse(text)
    } catch {
      throw ActionFailure(.invalidInput, code: error.code, message: "\(name): \(error.message)")
    }
  }

  /// The key a run is entered under, if the options name a subject.
  func entry() throws(ActionFailure) -> RunEntry? {
    let ifEnrolled = try choice("if_enrolled", RunEntry.IfEnrolled.self)
    let kind = try text("as")
    guard let subject = try text("subject") else {
      guard ifEnrolled == nil, kind == nil else {
        throw RunOptions.wrong("\"if_enrolled\" and \"as\" go with a \"subject\"")
      }
      return nil
    }
    return RunEntry(
      subject: try RunOptions.subject(subject), ifEnrolled: ifEnrolled ?? .leave, kind: kind)
  }

  static func subject(_ text: String) throws(ActionFailure) -> String {
    guard (1...HostServicesLimits.subjectLength).contains(text.unicodeScalars.count) else {
      throw wrong("a subject has 1 to \(HostServicesLimits.subjectLength) characters")
    }
    return text
  }

  private static func wrong(_ message: String) -> ActionFailure {
    ActionFailure(.invalidInput, code: "bad_options", message: message)
  }
}
