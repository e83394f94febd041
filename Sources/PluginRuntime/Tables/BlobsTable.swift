// SPDX-License-Identifier: Apache-2.0
// "jackfield.blobs/1": bodies that are too large for a value.
import CJackfield
import Values

/// The functions over blobs; each is one request, pieces as raw bytes beside it.
enum BlobsTable {
  static let table = StaticTable(
    jf_blobs_interface(
      size: UInt32(MemoryLayout<jf_blobs_interface>.size), reserved: 0,
      create: { call, type, name, draft in
        draft.pointee = 0
        return RuntimeCall.serve(call, 13) {
          $0.objectBegin()
          $0.key("type")
          $0.text(type.view)
          $0.key("name")
          $0.text(name.view)
          $0.end()
        } accept: {
          BlobsTable.accept($0, $1, "draft", draft)
        }
      },
      append: { call, draft, piece in
        guard piece.size <= JF_BLOB_PIECE else { return BlobsTable.tooLarge(call) }
        return RuntimeCall.serve(call, 14, body: [piece.raw]) { BlobsTable.name(draft, $0) }
      },
      finish: { call, draft, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 15) {
          BlobsTable.name(draft, $0)
        } accept: {
          $0.accept($1, out)
        }
      },
      look: { call, blob, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 16) {
          $0.objectBegin()
          $0.key("blob")
          $0.copy(UnsafePointer(blob))
          $0.end()
        } accept: {
          $0.accept($1, out)
        }
      },
      read: { call, blob, offset, into, size, count in
        count.pointee = 0
        guard size <= JF_BLOB_PIECE else { return BlobsTable.tooLarge(call) }
        return RuntimeCall.serve(call, 17) {
          $0.objectBegin()
          $0.key("blob")
          $0.copy(UnsafePointer(blob))
          $0.key("offset")
          $0.integer(Int64(clamping: offset))
          $0.key("size")
          $0.integer(Int64(clamping: size))
          $0.end()
        } accept: { call, reply in
          guard UInt64(reply.body.count) <= size, let into else {
            guard reply.body.isEmpty else {
              return call.fail(JF_BUG, "reply_malformed", "the host gave more than was asked for")
            }
            return JF_OK
          }
          reply.body.withUnsafeBufferPointer { bytes in
            if let start = bytes.baseAddress { into.update(from: start, count: bytes.count) }
          }
          count.pointee = UInt64(reply.body.count)
          return JF_OK
        }
      }))

  private static func name(_ draft: UInt64, _ builder: JSONBuilder) {
    builder.objectBegin()
    builder.key("draft")
    builder.integer(Int64(clamping: draft))
    builder.end()
  }

  private static func tooLarge(_ call: OpaquePointer) -> jf_status {
    RuntimeCall.with(call, late: JF_BUG) {
      $0.fail(
        JF_INVALID_INPUT, "piece_too_large",
        "a piece of a blob has at most \(JF_BLOB_PIECE) bytes: hand it over in several")
    }
  }

  /// A whole number out of an answer.
  private static func accept(
    _ call: RuntimeCall, _ reply: ServiceReply, _ member: String,
    _ out: UnsafeMutablePointer<UInt64>
  ) -> jf_status {
    let tape = reply.json.withUnsafeBytes { try? JSONTape(parsing: $0) }
    guard let number = tape?.root.child(member)?.integer, number > 0 else {
      return call.fail(JF_BUG, "reply_malformed", "the host's answer has no \(member)")
    }
    withExtendedLifetime(tape) { out.pointee = UInt64(number) }
    return JF_OK
  }
}
