// SPDX-License-Identifier: Apache-2.0
// Writing and reading blobs.
import CJackfield
import Values

/// Blobs of the call's project, from within one call.
public struct BlobService {
  let call: Call

  /// **Unit**: bytes. The most that crosses to the host at once.
  public static let pieceSize = Int(JF_BLOB_PIECE)

  /// Begins a blob; what is not finished when the action returns is thrown away.
  ///
  /// - Parameter name: a file's name, without a path.
  /// **Throws**: `invalid_input` (type or name is none, too many at a time), `unavailable`.
  public func create(type: String? = nil, name: String? = nil) throws(ActionError) -> BlobWriter {
    let table = try table()
    let borrowed = Borrowed()
    var draft: UInt64 = 0
    let status = withExtendedLifetime(borrowed) {
      table.pointee.create(call.pointer, borrowed.bytes(type), borrowed.bytes(name), &draft)
    }
    try call.check(status, "blobs")
    return BlobWriter(call: call, table: table, draft: draft)
  }

  /// Stores bytes as a blob.
  ///
  /// **Throws**: as `create` and the writer's functions.
  public func store(
    _ bytes: [UInt8], type: String? = nil, name: String? = nil
  ) throws(ActionError) -> Blob {
    let writer = try create(type: type, name: name)
    try writer.append(bytes)
    return try writer.finish()
  }

  /// What a blob is: its size as it is, type and name as the value says.
  ///
  /// **Throws**: `not_found`, also where the action may not read it.
  public func look(_ blob: Blob) throws(ActionError) -> Blob {
    let table = try table()
    let named = try call.require(blob.json)
    var out: OpaquePointer?
    try call.check(table.pointee.look(call.pointer, named, &out), "blobs")
    guard let found = Blob(call.value(out).json) else {
      throw .bug("blobs", "the host answered without a blob")
    }
    return found
  }

  /// Up to `size` bytes from `offset` on, at most a piece; none at the end.
  ///
  /// **Throws**: `not_found`, also where the action may not read it.
  public func read(
    _ blob: Blob, from offset: Int = 0, size: Int = pieceSize
  ) throws(ActionError) -> [UInt8] {
    let table = try table()
    let named = try call.require(blob.json)
    let wanted = min(max(size, 0), Self.pieceSize)
    var status = JF_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: max(wanted, 1)) { room, filled in
      var count: UInt64 = 0
      status = table.pointee.read(
        call.pointer, named, UInt64(max(offset, 0)), room.baseAddress, UInt64(wanted), &count)
      filled = status == JF_OK ? min(Int(clamping: count), wanted) : 0
    }
    try call.check(status, "blobs")
    return bytes
  }

  private func table() throws(ActionError) -> UnsafePointer<jf_blobs_interface> {
    guard let table = call.instance.blobs else {
      throw .denied(
        "blobs_not_offered",
        "this plugin's manifest does not require \"jackfield.blobs/1\": add it to "
          + "\"requires\".\"interfaces\"")
    }
    return table
  }
}

/// A blob while it is written.
public struct BlobWriter {
  let call: Call
  let table: UnsafePointer<jf_blobs_interface>
  let draft: UInt64

  /// Adds bytes, in as many pieces as it takes.
  ///
  /// **Throws**: `invalid_input` (over a limit), `unavailable` (the disk is full).
  public func append(_ bytes: [UInt8]) throws(ActionError) {
    var start = 0
    while start < bytes.count {
      let end = min(start + BlobService.pieceSize, bytes.count)
      let status = bytes[start..<end].withUnsafeBufferPointer { piece in
        table.pointee.append(
          call.pointer, draft, jf_bytes(data: piece.baseAddress, size: UInt64(piece.count)))
      }
      try call.check(status, "blobs")
      start = end
    }
  }

  /// Ends it: when this returns, the bytes are on disk.
  ///
  /// **Throws**: `invalid_input` (finished before, the project keeps as much as it may),
  /// `unavailable`.
  public func finish() throws(ActionError) -> Blob {
    var out: OpaquePointer?
    try call.check(table.pointee.finish(call.pointer, draft, &out), "blobs")
    guard let blob = Blob(call.value(out).json) else {
      throw .bug("blobs", "the host answered without a blob")
    }
    return blob
  }
}
