// SPDX-License-Identifier: Apache-2.0
// Reading a delay.

import Calendar
import Values

extension DelayComponent {
  static let documentKeys = [
    "id", "title", "amount", "from", "before", "after", "on", "identifier", "past_due",
    "expires_after",
  ]

  static func read(_ source: DocumentValue, standIn: String) -> DelayComponent? {
    guard let object = source.object(keys: documentKeys) else { return nil }
    let id = object.componentID(standIn)
    let basis = readBasis(object)
    let identifiers = object["identifier"].map(readIdentifiers) ?? []
    let pastDue = object["past_due"]?.choice(PastDue.self) ?? .skipStep
    let expiresAfter = object["expires_after"]?.duration(atLeast: .seconds(1))
    guard let id, let basis else { return nil }
    var delay = DelayComponent(id: id, basis: basis)
    delay.identifiers = identifiers
    delay.pastDue = pastDue
    delay.expiresAfter = expiresAfter
    return delay
  }

  private static let bases =
    "write {\"amount\"}, {\"amount\", \"before\"}, {\"amount\", \"after\"} or {\"on\"}"

  private static func readBasis(_ object: DocumentObject) -> DelayBasis? {
    let dates = ["before", "after", "on"].filter { object[$0] != nil }
    guard dates.count < 2 else {
      object.base.error(
        "several_bases",
        "a delay has one basis, this one has " + dates.joined(separator: " and ") + ": \(bases)")
      return nil
    }
    if dates.first == "on" {
      for key in ["amount", "from"] { object[key].map { unexpected($0, beside: "on") } }
      return object["on"].flatMap(readDate).map { .on($0) }
    }
    guard let amount = object["amount"] else {
      object.base.error("missing_key", "a delay needs a basis: \(bases)")
      return nil
    }
    let read = readAmount(amount)
    guard let key = dates.first, let date = object[key] else {
      let origin = object["from"].map { $0.choice(DelayOrigin.self) } ?? .lastStep
      guard let read, let origin else { return nil }
      return .amount(read, from: origin)
    }
    if let from = object["from"] { unexpected(from, beside: key) }
    guard let read, let date = readDate(date) else { return nil }
    return key == "before" ? .before(read, date) : .after(read, date)
  }

  private static func unexpected(_ source: DocumentValue, beside key: String) {
    source.error(
      "unexpected_key", "\(source.label) does not stand beside \"\(key)\": remove one of them")
  }

  /// A literal amount is a duration; a template's is judged when it is rendered.
  private static func readAmount(_ source: DocumentValue) -> TemplateTree? {
    let tree = TemplateTree.read(source)
    guard case .literal = tree else { return tree }
    return source.duration(atLeast: .zero).map { _ in tree }
  }

  private static func readDate(_ source: DocumentValue) -> TemplateTree? {
    switch source.value {
    case .text, .integer, .number: break
    default:
      source.wrongType("a date, such as \"{{event.starts_at}}\" or \"2026-11-22T10:00:00Z\"")
      return nil
    }
    let tree = TemplateTree.read(source)
    if case .literal(let value) = tree, Moment(value, zone: .utc) == nil {
      source.error(
        "bad_date",
        "\(source.label) is \"\(plainText(value))\", which is no date between the years 1 and "
          + "9999: write ISO 8601, such as \"2026-11-22T10:00:00Z\", or a template")
      return nil
    }
    return tree
  }

  private static func readIdentifiers(_ source: DocumentValue) -> [TemplateTree] {
    guard source.value.asList != nil else { return readIdentifier(source).map { [$0] } ?? [] }
    if source.value.isEmpty {
      source.error("empty", "\"identifier\" is empty: name one, or leave it out")
    }
    return source.elements(atMost: PipelineLimits.identifiers, readIdentifier) ?? []
  }

  private static func readIdentifier(_ source: DocumentValue) -> TemplateTree? {
    guard let text = source.text(atMost: PipelineLimits.identifierLength) else { return nil }
    let tree = TemplateTree.read(source)
    if case .literal = tree, trimmed(text).isEmpty {
      source.error(
        "empty", "\(source.label) is blank, so nothing could cancel by it: name it, or leave it out"
      )
    }
    return tree
  }
}
