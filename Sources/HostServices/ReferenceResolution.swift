// SPDX-License-Identifier: Apache-2.0
// From what a parameter names to the id of what it means.
import Pipeline
import Store
import Values

/// Reads references of one project: by id, or by name in any case. What leads nowhere, or to
/// several, stays the text as it is compared; the action itself reports it.
///
/// **Source** spec/actions.md §1.1 (references) and §1.2 (contacts).
package struct ReferenceResolution: Sendable {
  /// A value that names something, and the kind of thing (`x-ref`): a collection, or `connector`.
  package struct Reference: Sendable, Hashable {
    package let kind: String
    package let value: JSONValue

    package init(kind: String, value: JSONValue) {
      self.kind = kind
      self.value = value
    }
  }

  let setup: ProjectSetup

  package init(setup: ProjectSetup) {
    self.setup = setup
  }

  /// What a reference names, in its order; a list names several.
  ///
  /// **Throws** `StoreError` when the store does not answer.
  package func ids(
    of reference: Reference, _ transaction: some StoreReading
  ) throws(StoreError) -> [String] {
    guard case .list(let elements) = reference.value else {
      return [try id(of: reference.value, reference.kind, transaction)]
    }
    var ids: [String] = []
    for element in elements {
      let id = try id(of: element, reference.kind, transaction)
      if !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  private func id(
    of value: JSONValue, _ kind: String, _ transaction: some StoreReading
  ) throws(StoreError) -> String {
    // A reference may be a record that was read before: its id counts.
    let text = ReferenceText.folded(plainText(value["id"] ?? value))
    if kind == "connector" {
      return (try? setup.connector(text))?.id.description ?? text
    }
    guard let schema = setup.collections[kind] else { return text }
    if kind == "contact", value["id"] == nil, let channel = value["channel"],
      let number = value["number"]
    {
      return try contact(channel, plainText(number), schema, transaction)
    }
    if let id = RecordID(text: text),
      try transaction.recordGet(setup.project, collection: kind, id: id) != nil
    {
      return text
    }
    for field in names(of: schema.manifest) {
      let found = try find([field: .text(text)], schema, transaction)
      if found.count == 1 { return found[0] }
    }
    return text
  }

  /// The fields a record is named by: texts that are unique by themselves, then a name that is
  /// compared without case.
  private func names(of collection: CollectionManifest) -> [String] {
    let unique = collection.unique.filter { $0.count == 1 }.map { $0[0] }
    let texts = unique.filter { collection.field($0)?.type.isText ?? false }
    let hasName = collection.field("name")?.folds ?? false
    return hasName && !texts.contains("name") ? texts + ["name"] : texts
  }

  /// The living contact of a channel and a number, or both as they are compared.
  private func contact(
    _ channel: JSONValue, _ number: String, _ schema: RecordSchema,
    _ transaction: some StoreReading
  ) throws(StoreError) -> String {
    let channel = try id(of: channel, "channel", transaction)
    let number = ReferenceText.number(number)
    let found = try find(
      ["channel": .text(channel), "number": .text(number)], schema, transaction,
      and: ["field": "deleted_at", "op": "is_empty"])
    return found.count == 1 ? found[0] : "\(channel) \(number)"
  }

  /// The ids of at most two records whose fields are these, without regard to case.
  private func find(
    _ fields: JSONObject, _ schema: RecordSchema, _ transaction: some StoreReading,
    and condition: JSONValue? = nil
  ) throws(StoreError) -> [String] {
    var all = fields.map { member -> JSONValue in
      ["field": .text(member.name), "op": "is", "right": member.value]
    }
    if let condition { all.append(condition) }
    let query = try RecordQuery(["where": ["all": .list(all)], "limit": 2], of: schema)
    return try transaction.recordQuery(setup.project, schema, query).records.map(\.id.text)
  }

  private func plainText(_ value: JSONValue) -> String { value.asText ?? value.json }
}

extension CollectionFieldType {
  /// Whether a name can stand in such a field.
  fileprivate var isText: Bool { self == .text || self == .email }
}

extension HostServices {
  /// The ids behind the references of a call's parameters, for its serial keys.
  ///
  /// - Parameter references: by parameter.
  package func resolve(
    _ references: [String: ReferenceResolution.Reference], in setup: ProjectSetup,
    done: @escaping @Sendable (Result<[String: [String]], ActionFailure>) -> Void
  ) {
    loop.assertCurrent()
    let resolution = ReferenceResolution(setup: setup)
    store.read({ transaction throws(StoreError) in
      var ids: [String: [String]] = [:]
      for (parameter, reference) in references {
        ids[parameter] = try resolution.ids(of: reference, transaction)
      }
      return ids
    }) { result in
      done(
        result.mapError { ActionFailure(.unavailable, code: $0.code.rawValue, message: $0.message) })
    }
  }
}
