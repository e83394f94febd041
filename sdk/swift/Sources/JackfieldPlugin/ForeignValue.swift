// SPDX-License-Identifier: Apache-2.0
// A value of the host, read through its accessors.
import CJackfield
import Values

/// One `jf_value` with the table to read it by.
///
/// **Ownership**: the host's; valid until the call it came with returns.
struct ForeignValue {
  let pointer: OpaquePointer?
  let table: UnsafePointer<jf_value_interface>

  var type: jf_type { table.pointee.type(pointer) }
  var text: String { table.pointee.text(pointer).text }
  var name: String { table.pointee.name(pointer).text }
  var count: Int { Int(clamping: table.pointee.count(pointer)) }
  var isNull: Bool { type == JF_NULL }

  var integer: Int64? {
    var out: Int64 = 0
    return table.pointee.integer(pointer, &out) == 1 ? out : nil
  }

  var number: Double? {
    var out: Double = 0
    return table.pointee.number(pointer, &out) == 1 ? out : nil
  }

  /// The member with this name, or nil where there is none.
  func member(_ name: String) -> ForeignValue? {
    var name = name
    let found = name.withUTF8 { utf8 in
      table.pointee.child(pointer, jf_bytes(data: utf8.baseAddress, size: UInt64(utf8.count)))
    }
    return found.map { ForeignValue(pointer: $0, table: table) }
  }

  /// The elements of a list or members of an object, in order.
  var children: [ForeignValue] {
    var all: [ForeignValue] = []
    all.reserveCapacity(count)
    var child = table.pointee.first(pointer)
    while let found = child {
      all.append(ForeignValue(pointer: found, table: table))
      child = table.pointee.next(found)
    }
    return all
  }

  /// The name of the type, as messages give it.
  var typeName: String {
    switch type {
    case JF_NULL: "null"
    case JF_BOOLEAN: "boolean"
    case JF_INTEGER: "integer"
    case JF_NUMBER: "number"
    case JF_TEXT: "text"
    case JF_LIST: "list"
    case JF_OBJECT: "object"
    default: "a type this plugin does not know"
    }
  }

  /// The whole value as Swift's own. What this SDK does not know becomes null.
  var json: JSONValue {
    switch type {
    case JF_BOOLEAN: return .boolean(integer == 1)
    case JF_INTEGER: return integer.map(JSONValue.integer) ?? .null
    case JF_NUMBER: return JSONNumber(text: text).map(JSONValue.number) ?? .null
    case JF_TEXT: return .text(text)
    case JF_LIST: return .list(children.map(\.json))
    case JF_OBJECT:
      var object = JSONObject()
      for child in children { object[child.name] = child.json }
      return .object(object)
    default: return .null
    }
  }
}
