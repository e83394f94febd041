// SPDX-License-Identifier: Apache-2.0
// Hands Swift's values to the host, through its builder.
import CJackfield
import Values

/// One builder of a call, used up by `finish`.
struct ForeignBuilder {
  let pointer: OpaquePointer
  let table: UnsafePointer<jf_value_interface>

  /// Adds a whole value.
  func add(_ value: JSONValue) {
    switch value {
    case .null: table.pointee.null(pointer)
    case .boolean(let truth): table.pointee.boolean(pointer, truth ? 1 : 0)
    case .integer(let integer): table.pointee.integer_value(pointer, integer)
    case .number(let number): withBytes(number.text) { table.pointee.json(pointer, $0) }
    case .text(let text): withBytes(text) { table.pointee.text_value(pointer, $0) }
    case .list(let elements):
      table.pointee.list_begin(pointer)
      for element in elements { add(element) }
      table.pointee.end(pointer)
    case .object(let members):
      table.pointee.object_begin(pointer)
      for (name, member) in members {
        withBytes(name) { table.pointee.key(pointer, $0) }
        add(member)
      }
      table.pointee.end(pointer)
    }
  }

  /// Ends the building; nil when the host refused what was added.
  func finish() -> OpaquePointer? { table.pointee.finish(pointer) }

  private func withBytes(_ text: String, _ body: (jf_bytes) -> Void) {
    var text = text
    text.withUTF8 { body(jf_bytes(data: $0.baseAddress, size: UInt64($0.count))) }
  }
}
