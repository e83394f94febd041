// SPDX-License-Identifier: Apache-2.0
// Reads a `jf_value` through the host's table of accessors.
import CJackfield

/// A `jf_value` together with the table that reads it; a missing member reads as null.
///
/// **Ownership**: a view. It dies with the value, which for `submit`, `respond` and `start` is
/// when the function returns.
package struct ValueReader {
  private let table: UnsafePointer<jf_value_interface>
  private let value: OpaquePointer?

  package init(table: UnsafePointer<jf_value_interface>, value: OpaquePointer?) {
    self.table = table
    self.value = value
  }

  /// The host's accessors, or nil when the host does not offer them.
  package static func table(of host: UnsafePointer<jf_host>) -> UnsafePointer<jf_value_interface>? {
    // A host of an earlier version has a shorter table: what its size does not cover is not there.
    let place = MemoryLayout<jf_host>.offset(of: \.interface) ?? 0
    guard host.pointee.size >= UInt32(place + MemoryLayout<UInt>.size) else { return nil }
    return host.pointee.interface(host, JF_VALUE_INTERFACE)?
      .assumingMemoryBound(to: jf_value_interface.self)
  }

  package subscript(_ name: String) -> ValueReader {
    var name = name
    let child = name.withUTF8 { utf8 in
      table.pointee.child(value, jf_bytes(data: utf8.baseAddress, size: UInt64(utf8.count)))
    }
    return ValueReader(table: table, value: child)
  }

  package var type: jf_type { table.pointee.type(value) }
  package var isNull: Bool { type == JF_NULL }
  package var isList: Bool { type == JF_LIST }
  package var count: Int { Int(table.pointee.count(value)) }

  /// The text, or nil for any other type.
  package var text: String? {
    guard type == JF_TEXT else { return nil }
    return String(decoding: Self.view(table.pointee.text(value)), as: UTF8.self)
  }

  /// The text's bytes without a copy, or nil for any other type: for secrets, which must not
  /// pass through a `String`.
  package var textBytes: UnsafeRawBufferPointer? {
    guard type == JF_TEXT else { return nil }
    return Self.view(table.pointee.text(value))
  }

  /// A whole number, or nil.
  package var integer: Int64? {
    var number: Int64 = 0
    guard type == JF_INTEGER, table.pointee.integer(value, &number) == 1 else { return nil }
    return number
  }

  package var boolean: Bool? {
    var number: Int64 = 0
    guard type == JF_BOOLEAN, table.pointee.integer(value, &number) == 1 else { return nil }
    return number == 1
  }

  /// The elements of a list or members of an object, in order, with their names.
  package var members: [(name: String, value: ValueReader)] {
    var found: [(name: String, value: ValueReader)] = []
    var next = table.pointee.first(value)
    while let member = next {
      let name = String(decoding: Self.view(table.pointee.name(member)), as: UTF8.self)
      found.append((name, ValueReader(table: table, value: member)))
      next = table.pointee.next(member)
    }
    return found
  }

  private static func view(_ bytes: jf_bytes) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.data, count: Int(bytes.size))
  }
}
