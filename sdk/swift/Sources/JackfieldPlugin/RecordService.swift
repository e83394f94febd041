// SPDX-License-Identifier: Apache-2.0
// Reading and writing the project's records.
import CJackfield
import Values

/// Which state of a record a write expects.
public enum RecordVersion: Sendable, Hashable {
  /// It must not exist yet.
  case new
  /// Whatever is there: the fields given are merged in, and the write cannot lose.
  case merge
  /// Unchanged since it was read.
  case read(Int64)

  var number: Int64 {
    switch self {
    case .new: JF_VERSION_NEW
    case .merge: JF_VERSION_MERGE
    case .read(let version): version
    }
  }
}

/// A function of the host's that writes a record.
private typealias RecordPut = @convention(c) (
  OpaquePointer, jf_bytes, jf_bytes, Int64, OpaquePointer, UnsafeMutablePointer<OpaquePointer?>?
) -> jf_status

/// The project's records, from within one call.
///
/// Writes are committed with the step's outcome, all or none; when somebody was faster, the host
/// runs the call again. Query before you write: a query on a collection the call wrote to is
/// refused.
public struct RecordService {
  let call: Call

  /// One record, or nil where there is none of this id.
  public func get(_ id: String, in collection: String) throws(ActionError) -> Record? {
    let table = try table()
    let borrowed = Borrowed()
    var out: OpaquePointer?
    let status = withExtendedLifetime(borrowed) {
      table.pointee.get(
        call.pointer, borrowed.bytes(collection), borrowed.bytes(id), &out)
    }
    if status == JF_NOT_FOUND { return nil }
    try call.check(status, "records")
    return Record(call.value(out).json)
  }

  /// Many records.
  public func query(
    _ query: RecordQuery, in collection: String
  ) throws(ActionError) -> RecordPage {
    let table = try table()
    let borrowed = Borrowed()
    let condition = try call.require(query.json)
    var out: OpaquePointer?
    let status = withExtendedLifetime(borrowed) {
      table.pointee.query(call.pointer, borrowed.bytes(collection), condition, &out)
    }
    try call.check(status, "records")
    let page = call.value(out)
    return RecordPage(
      records: page.member("records")?.children.map { Record($0.json) } ?? [],
      total: page.member("total")?.integer.map { Int(clamping: $0) })
  }

  /// Writes a record; without an id a new one, whose id is in the answer.
  @discardableResult
  public func put(
    _ fields: JSONObject, in collection: String, id: String? = nil, version: RecordVersion = .new
  ) throws(ActionError) -> Record {
    try put(try table().pointee.put, fields, collection, id, version)
  }

  /// Writes a record at once, for what has to be on disk before a request leaves; it stays, whatever
  /// becomes of the call, and may be written again unnoticed. Queries of the call see it.
  ///
  /// **Throws** `conflict` where a unique value is taken: the record is there already, look it up.
  @discardableResult
  public func putNow(
    _ fields: JSONObject, in collection: String, id: String? = nil, version: RecordVersion = .new
  ) throws(ActionError) -> Record {
    try put(try table().pointee.put_now, fields, collection, id, version)
  }

  private func put(
    _ function: RecordPut, _ fields: JSONObject, _ collection: String, _ id: String?,
    _ version: RecordVersion
  ) throws(ActionError) -> Record {
    let borrowed = Borrowed()
    let built = try call.require(.object(fields))
    var out: OpaquePointer?
    let status = withExtendedLifetime(borrowed) {
      function(
        call.pointer, borrowed.bytes(collection), borrowed.bytes(id), version.number, built, &out)
    }
    try call.check(status, "records")
    return Record(call.value(out).json)
  }

  /// Deletes a record.
  public func remove(
    _ id: String, in collection: String, version: RecordVersion = .merge
  ) throws(ActionError) {
    let table = try table()
    let borrowed = Borrowed()
    let status = withExtendedLifetime(borrowed) {
      table.pointee.remove(
        call.pointer, borrowed.bytes(collection), borrowed.bytes(id), version.number)
    }
    try call.check(status, "records")
  }

  private func table() throws(ActionError) -> UnsafePointer<jf_records_interface> {
    guard let table = call.instance.records else {
      throw .denied(
        "records_not_granted", "this plugin is granted no collections: grant those it needs")
    }
    return table
  }
}
