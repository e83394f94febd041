// SPDX-License-Identifier: Apache-2.0
// From what parameters name to groups.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// Finds the groups that parameters name. Everything is read before anything is written.
struct GroupDirectory {
  private let groups: GroupChannel
  private let call: Call

  init(_ groups: GroupChannel, _ call: Call) {
    self.groups = groups
    self.call = call
  }

  /// The families of these references, each once; a child stands for its family.
  ///
  /// **Throws**: `invalid_input`, codes `no_group`, `too_many_items`.
  func families(
    _ references: TextList, _ failures: inout SendFailures
  ) throws(ActionError) -> [GroupFamily] {
    guard !references.items.isEmpty else {
      throw .invalidInput("no_group", "groups is empty")
    }
    guard references.items.count <= 100 else {
      throw .invalidInput(
        "too_many_items", "there are \(references.items.count) groups: at most 100 at a time")
    }
    var families: [GroupFamily] = []
    for reference in references.items {
      do throws(ActionError) {
        let base = try base(reference)
        guard !families.contains(where: { $0.base.id == base.id }) else { continue }
        families.append(try family(base))
      } catch {
        guard error.code == "group_not_found" || error.code == "ambiguous" else { throw error }
        failures.add(reference, error)
      }
    }
    return families
  }

  /// Whether a record of this channel holds the gateway's id.
  func isKnown(_ id: String) throws(ActionError) -> Bool {
    try record("group_id", equals: id) != nil
  }

  private func base(_ reference: String) throws(ActionError) -> KnownGroup {
    if let record = try call.records.get(reference, in: "wa_group"),
      record.text("channel") == groups.channel.id
    {
      return try baseOf(record)
    }
    if let record = try record("group_id", equals: reference) { return try baseOf(record) }
    if reference.hasSuffix("@g.us") { return KnownGroup(id: reference, name: reference) }
    let named = try query([.field("name", is: reference)], limit: 100)
      .filter { $0["base"] == nil }
    let living = named.filter { $0["gone"]?.asBoolean != true }
    guard living.count <= 1 else { throw .invalidInput("ambiguous", "ambiguous: \(reference)") }
    if let record = living.first { return Self.known(record) }
    do throws(ActionError) {
      return try unrecorded(reference)
    } catch {
      // One that was gone may be there again: the account was invited back.
      guard error.code == "group_not_found", let record = named.last else { throw error }
      return Self.known(record)
    }
  }

  /// A group that only the gateway knows.
  private func unrecorded(_ name: String) throws(ActionError) -> KnownGroup {
    var found: [GatewayGroup] = []
    for group in try groups.gateway.groups() where group.name.lowercased() == name.lowercased() {
      // A child of another group bears a name of its own and is not picked by it.
      if try record("group_id", equals: group.id) == nil { found.append(group) }
    }
    guard let first = found.first else {
      throw .notFound("group_not_found", "group not found: \(name)")
    }
    guard found.count == 1 else { throw .invalidInput("ambiguous", "ambiguous: \(name)") }
    return KnownGroup(id: first.id, name: first.name)
  }

  private func baseOf(_ record: Record) throws(ActionError) -> KnownGroup {
    guard let base = record.text("base"), let parent = try call.records.get(base, in: "wa_group")
    else { return Self.known(record) }
    return Self.known(parent)
  }

  private func family(_ base: KnownGroup) throws(ActionError) -> GroupFamily {
    guard let record = base.record else {
      return GroupFamily(base: base, children: [], lastChild: 0)
    }
    let records = try query([.field("base", equals: record.id)], limit: 10_000)
    let all = records.map(Self.known).sorted { $0.number < $1.number }
    let highest = record["last_child"]?.asInteger.map { Int(clamping: $0) } ?? 0
    return GroupFamily(
      base: base, children: all.filter { $0.record?["gone"]?.asBoolean != true },
      lastChild: max(highest, all.last?.number ?? 0))
  }

  private func record(
    _ field: String, equals text: String
  ) throws(ActionError) -> Record? {
    try query([.field(field, equals: text)], limit: 1).first
  }

  private func query(
    _ conditions: [RecordCondition], limit: Int
  ) throws(ActionError) -> [Record] {
    let all = [RecordCondition.field("channel", equals: groups.channel.id)] + conditions
    return try call.records.query(RecordQuery(.all(all), limit: limit), in: "wa_group").records
  }

  private static func known(_ record: Record) -> KnownGroup {
    KnownGroup(
      id: record.text("group_id") ?? "", name: record.text("name") ?? "", record: record)
  }
}
