// SPDX-License-Identifier: Apache-2.0
// One value of a document being read: knows its path, says what is wrong with it.

import Values

/// A value with its place. Its readers return nil after adding a finding.
struct DocumentValue {
  let value: JSONValue
  let path: DocumentPath
  let findings: FindingList

  init(_ value: JSONValue, path: DocumentPath, findings: FindingList) {
    self.value = value
    self.path = path
    self.findings = findings
  }

  init(document: JSONDocument, findings: FindingList) {
    self.init(document.root, path: DocumentPath(), findings: findings)
  }

  func error(_ code: String, _ message: String, nearest: String? = nil) {
    findings.add(.error, code, message, at: path, nearest: nearest)
  }

  func warning(_ code: String, _ message: String) {
    findings.add(.warning, code, message, at: path)
  }

  /// The name this value has in messages: its key, or `element N of KEY`.
  var label: String {
    var position = ""
    for element in path.elements.reversed() {
      switch element {
      case .key(let key): return position + "\"\(key)\""
      case .index(let index): position += "element \(index) of "
      }
    }
    return position.isEmpty ? "the document" : position + "the document"
  }

  /// Reports that the value is of another type than `expected`.
  func wrongType(_ expected: String) {
    error("wrong_type", "\(label) is \(describe(value)): expected \(expected)")
  }

  func text(atMost limit: Int = PipelineLimits.textLength, mayBeEmpty: Bool = false) -> String? {
    guard let text = value.asText else {
      wrongType("a text")
      return nil
    }
    guard text.unicodeScalars.count <= limit else {
      error("too_long", "\(label) has \(text.unicodeScalars.count) characters: at most \(limit)")
      return nil
    }
    guard mayBeEmpty || !text.isEmpty else {
      error("empty", "\(label) is empty: give it a value or leave it out")
      return nil
    }
    return text
  }

  func boolean() -> Bool? {
    guard let flag = value.asBoolean else {
      wrongType("true or false")
      return nil
    }
    return flag
  }

  func integer(in range: ClosedRange<Int64>) -> Int64? {
    guard let number = value.asInteger else {
      wrongType("a whole number")
      return nil
    }
    guard range.contains(number) else {
      error(
        "out_of_range",
        "\(label) is \(number): allowed are \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  /// The elements of a list.
  func list(atMost limit: Int) -> [DocumentValue]? {
    guard let elements = value.asList else {
      wrongType("a list")
      return nil
    }
    guard elements.count <= limit else {
      error("too_many", "\(label) has \(elements.count) elements: at most \(limit)")
      return nil
    }
    return elements.enumerated().map { index, element in
      DocumentValue(element, path: path.appending(index), findings: findings)
    }
  }

  func texts(atMost limit: Int, length: Int = PipelineLimits.textLength) -> [String]? {
    list(atMost: limit)?.compactMap { $0.text(atMost: length) }
  }

  func duration(atLeast: Duration = .milliseconds(1)) -> Duration? {
    guard let text = value.asText else {
      wrongType("a duration such as \"90 s\"")
      return nil
    }
    do {
      let duration = try DurationText.parse(text)
      guard duration >= atLeast else {
        error("out_of_range", "\(label) is \"\(text)\": at least \(DurationText.text(atLeast))")
        return nil
      }
      return duration
    } catch {
      self.error(error.code, "\(label): \(error.message)")
      return nil
    }
  }

  /// **Unit** bytes.
  func byteSize(in range: ClosedRange<Int64>) -> Int64? {
    guard let text = value.asText else {
      wrongType("a size such as \"1 MiB\"")
      return nil
    }
    do {
      let bytes = try ByteSizeText.parse(text)
      guard range.contains(bytes) else {
        error(
          "out_of_range",
          "\(label) is \"\(text)\": allowed are \(ByteSizeText.text(range.lowerBound)) to "
            + ByteSizeText.text(range.upperBound))
        return nil
      }
      return bytes
    } catch {
      self.error(error.code, "\(label): \(error.message)")
      return nil
    }
  }

  /// One of an enumeration's texts.
  func choice<Choice>(_ type: Choice.Type) -> Choice?
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue)
    guard let text = value.asText else {
      wrongType("one of " + names.joined(separator: ", "))
      return nil
    }
    if let choice = Choice(rawValue: text) { return choice }
    let isElement = if case .index = path.elements.last { true } else { false }
    error(
      "unknown_value",
      (isElement ? "unknown value \"\(text)\" for \(label)" : "unknown \(label) \"\(text)\"")
        + Suggestion.text(for: text, among: names),
      nearest: Suggestion.nearest(to: text, among: names))
    return nil
  }

  /// A stable name of a document: `[a-z][a-z0-9_]{0,62}`.
  func name() -> String? {
    guard let text = text() else { return nil }
    guard DocumentName.isValid(text) else {
      error(
        "bad_name",
        "\(label) is \"\(text)\": write a lower-case letter, then letters, digits and _, at most "
          + "\(PipelineLimits.nameLength) characters")
      return nil
    }
    return text
  }
}

/// A value in a message: the value itself where it is short and no payload.
private func describe(_ value: JSONValue) -> String {
  switch value {
  case .null: "null"
  case .boolean(let flag): "\(flag)"
  case .integer(let number): "\(number)"
  case .number(let number): number.text
  case .text(let text): text.unicodeScalars.count <= 40 ? "the text \"\(text)\"" : "a text"
  case .list: "a list"
  case .object: "an object"
  }
}
