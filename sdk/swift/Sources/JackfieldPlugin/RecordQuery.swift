// SPDX-License-Identifier: Apache-2.0
// What to look for in a collection.
import Values

/// A condition on records, in the form connectors write it.
public struct RecordCondition: Sendable {
  /// The condition as the host reads it.
  public let json: JSONValue

  /// A condition somebody wrote: `{field, op, right?}`, `{all: […]}` or `{any: […]}`.
  public init(_ json: JSONValue) { self.json = json }

  /// One field compared.
  public static func field(_ name: String, _ op: String, _ right: JSONValue) -> RecordCondition {
    RecordCondition(["field": .text(name), "op": .text(op), "right": right])
  }

  /// A field that is this text, in any case.
  public static func field(_ name: String, is text: String) -> RecordCondition {
    field(name, "is", .text(text))
  }

  /// A field that is exactly this text, as an id or a number is: every index answers it.
  public static func field(_ name: String, equals text: String) -> RecordCondition {
    RecordCondition([
      "field": .text(name), "op": "is", "right": .text(text), "case_sensitive": true,
    ])
  }

  /// A field that is one of these texts, in any case.
  public static func field(_ name: String, isOneOf texts: [String]) -> RecordCondition {
    field(name, "in_list", .list(texts.map(JSONValue.text)))
  }

  /// A field that is not set.
  public static func isEmpty(_ name: String) -> RecordCondition {
    RecordCondition(["field": .text(name), "op": "is_empty"])
  }

  /// All of these.
  public static func all(_ conditions: [RecordCondition]) -> RecordCondition {
    RecordCondition(["all": .list(conditions.map(\.json))])
  }

  /// At least one of these.
  public static func any(_ conditions: [RecordCondition]) -> RecordCondition {
    RecordCondition(["any": .list(conditions.map(\.json))])
  }
}

/// A query: which records, in what order, how many.
public struct RecordQuery: Sendable {
  public var condition: RecordCondition?
  /// A field; nil is by creation.
  public var sort: String?
  public var isDescending: Bool
  /// 1 to 10,000.
  public var limit: Int
  public var offset: Int
  /// Whether to count all that match, beyond `limit`.
  public var wantsTotal: Bool

  public init(
    _ condition: RecordCondition? = nil, sort: String? = nil, isDescending: Bool = false,
    limit: Int = 100, offset: Int = 0, wantsTotal: Bool = false
  ) {
    self.condition = condition
    self.sort = sort
    self.isDescending = isDescending
    self.limit = limit
    self.offset = offset
    self.wantsTotal = wantsTotal
  }

  var json: JSONValue {
    var object = JSONObject()
    if let condition { object["where"] = condition.json }
    if let sort { object["sort"] = .text(sort) }
    if isDescending { object["order"] = "desc" }
    object["limit"] = .integer(Int64(limit))
    if offset > 0 { object["offset"] = .integer(Int64(offset)) }
    if wantsTotal { object["total"] = true }
    return .object(object)
  }
}

/// What a query found.
public struct RecordPage: Sendable {
  public var records: [Record]
  /// All that match, where the query asked for it.
  public var total: Int?
}
