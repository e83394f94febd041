// SPDX-License-Identifier: Apache-2.0
// What a parked run waits for.

import Values

/// The wait of a run as its row keeps it.
package struct StoredWait: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A point in time.
    case delay
    /// A message of a contact, or a point in time.
    case message
    /// News of what an action sent, or a point in time.
    case news
    /// The end of the runs of a list's elements.
    case children
  }

  package var kind: Kind
  /// The component it stands at.
  package var component: String
  /// The step whose statistics say `waiting` meanwhile; the store keeps them.
  package var step: String?
  /// What it may be cancelled by.
  package var identifiers: [String]
  /// Whose message ends it.
  package var contact: String?
  /// The idempotency key whose news end it, told by so many targets.
  package var key: String?
  package var count = 1

  package init(
    _ kind: Kind, component: String, step: String? = nil, identifiers: [String] = [],
    contact: String? = nil
  ) {
    self.kind = kind
    self.component = component
    self.step = step
    self.identifiers = identifiers
    self.contact = contact
  }

  /// **Throws** `database_damaged` where it was not written by `text`
  init(kind: String, text: String) throws(StoreError) {
    guard let kind = Kind(rawValue: kind), let value = try? JSONValue(parsing: text),
      let component = value["component"]?.asText
    else { throw StoreError(.damaged, "the wait of a run does not parse") }
    self.init(
      kind, component: component, step: value["step"]?.asText,
      identifiers: value["identifiers"]?.asList?.compactMap(\.asText) ?? [],
      contact: value["contact"]?.asText)
    key = value["key"]?.asText
    count = value["count"]?.asInteger.flatMap { Int(exactly: $0) } ?? 1
  }

  var text: String {
    var value: JSONObject = ["component": .text(component)]
    if let step { value["step"] = .text(step) }
    if !identifiers.isEmpty { value["identifiers"] = .list(identifiers.map { .text($0) }) }
    if let contact { value["contact"] = .text(contact) }
    if let key { value["key"] = .text(key) }
    if count != 1 { value["count"] = .integer(Int64(count)) }
    return JSONValue.object(value).json
  }

  /// What is stored of a wait somebody asks for: without identifiers that name nothing.
  ///
  /// **Throws** `too_large`
  func checked() throws(StoreError) -> StoredWait {
    var wait = self
    var seen: Set<String> = []
    // An empty identifier would be that of every other run whose attribute was empty too.
    wait.identifiers = identifiers.filter { !$0.isEmpty && seen.insert($0).inserted }
    guard wait.identifiers.count <= StoreLimits.identifiers else {
      throw StoreError(
        .tooLarge,
        "a delay has \(wait.identifiers.count) identifiers, the most is "
          + "\(StoreLimits.identifiers): join some of them into one text")
    }
    for identifier in wait.identifiers { try StoreLimits.check(identifier, "an identifier") }
    if let contact { try StoreLimits.check(contact, "the contact of a wait") }
    return wait
  }
}
