// SPDX-License-Identifier: Apache-2.0
// "jackfield.value/1": reading values, and building them.
import CJackfield
import Values

private typealias Node = UnsafePointer<JSONTape.Node>

/// The accessors and builder functions. None of them leaves the process.
enum ValueTable {
  static let table = StaticTable(
    jf_value_interface(
      size: UInt32(MemoryLayout<jf_value_interface>.size), reserved: 0,
      type: { value in value.map { jf_type(Node($0).type.rawValue) } ?? JF_NULL },
      text: { value in value.map { jf_bytes(Node($0).text) } ?? .empty },
      integer: { value, out in
        guard let integer = value.flatMap({ Node($0).integer }) else { return 0 }
        out.pointee = integer
        return 1
      },
      number: { value, out in
        guard let number = value.flatMap({ Node($0).number }) else { return 0 }
        out.pointee = number
        return 1
      },
      count: { value in value.map { UInt64(Node($0).count) } ?? 0 },
      child: { value, name in
        value.flatMap { Node($0).child(name.view) }.map { OpaquePointer($0) }
      },
      first: { value in value.flatMap { Node($0).first }.map { OpaquePointer($0) } },
      next: { value in Node(value).next.map { OpaquePointer($0) } },
      name: { value in value.map { jf_bytes(Node($0).name) } ?? .empty },
      object_begin: { BuilderSlot.find($0)?.builder.objectBegin() },
      list_begin: { BuilderSlot.find($0)?.builder.listBegin() },
      end: { BuilderSlot.find($0)?.builder.end() },
      key: { BuilderSlot.find($0)?.builder.key($1.view) },
      null: { BuilderSlot.find($0)?.builder.null() },
      boolean: { BuilderSlot.find($0)?.builder.boolean($1 != 0) },
      integer_value: { BuilderSlot.find($0)?.builder.integer($1) },
      number_value: { BuilderSlot.find($0)?.builder.number($1) },
      text_value: { BuilderSlot.find($0)?.builder.text($1.view) },
      copy: { BuilderSlot.find($0)?.builder.copy(Node($1)) },
      json: { BuilderSlot.find($0)?.builder.json($1.view) },
      finish: { ValueTable.finish($0) }))

  /// Parses what was built, so that it can be read like any value, and keeps it for the call.
  private static func finish(_ pointer: OpaquePointer) -> OpaquePointer? {
    guard let slot = BuilderSlot.find(pointer), let call = slot.call else { return nil }
    let result = slot.finish()
    do throws(JSONError) {
      let value = try BuiltValue(try result.get()[...])
      return call.lock.locked { OpaquePointer(call.keep(value)) }
    } catch {
      let complaint = call.lock.locked { call.complain("a builder was marked: \(error)") }
      complaint.log()
      return nil
    }
  }
}
