// SPDX-License-Identifier: Apache-2.0
// "jackfield.records/1": the project's records.
import CJackfield
import Values

/// The functions over records; each is one request.
enum RecordsTable {
  static let table = StaticTable(
    jf_records_interface(
      size: UInt32(MemoryLayout<jf_records_interface>.size), reserved: 0,
      get: { call, collection, id, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 1) {
          RecordsTable.begin($0, collection)
          $0.key("id")
          $0.text(id.view)
          $0.end()
        } accept: {
          $0.accept($1, out)
        }
      },
      query: { call, collection, query, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 2) {
          RecordsTable.begin($0, collection)
          $0.key("query")
          $0.copy(UnsafePointer(query))
          $0.end()
        } accept: {
          $0.accept($1, out)
        }
      },
      put: { RecordsTable.put($0, 3, $1, $2, $3, $4, $5) },
      remove: { call, collection, id, version in
        RuntimeCall.serve(call, 4) {
          RecordsTable.begin($0, collection)
          $0.key("id")
          $0.text(id.view)
          $0.key("version")
          $0.integer(version)
          $0.end()
        }
      },
      put_now: { RecordsTable.put($0, 12, $1, $2, $3, $4, $5) }))

  private static func put(
    _ call: OpaquePointer, _ service: UInt8, _ collection: jf_bytes, _ id: jf_bytes,
    _ version: Int64, _ fields: OpaquePointer, _ out: UnsafeMutablePointer<OpaquePointer?>?
  ) -> jf_status {
    out?.pointee = nil
    return RuntimeCall.serve(call, service) {
      RecordsTable.begin($0, collection)
      $0.key("id")
      $0.text(id.view)
      $0.key("version")
      $0.integer(version)
      $0.key("fields")
      $0.copy(UnsafePointer(fields))
      $0.end()
    } accept: {
      $0.accept($1, out)
    }
  }

  private static func begin(_ builder: JSONBuilder, _ collection: jf_bytes) {
    builder.objectBegin()
    builder.key("collection")
    builder.text(collection.view)
  }
}
