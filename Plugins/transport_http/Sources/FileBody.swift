// SPDX-License-Identifier: Apache-2.0
// A body, or a part of one, that is read out of a file while it is sent.
import CCurlCalls
import CurlTransport
import ExchangeValues
import Glibc

/// Hands a file to libcurl piece by piece.
///
/// **Isolation**: the transport's thread.
final class FileBody {
  let descriptor: Int32
  /// **Unit**: bytes.
  let size: Int64
  private var offset: Int64 = 0

  init(descriptor: Int32, size: Int64) {
    self.descriptor = descriptor
    self.size = size
  }

  /// For libcurl's options; whoever sets them keeps this object.
  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let read: jf_curl_bytes = { bytes, size, count, context in
    guard let bytes, let body = FileBody.from(context) else { return Int(CURL_READFUNC_ABORT) }
    return body.handOut(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
  }

  static let seek: jf_curl_seek = { context, offset, origin in
    guard let body = FileBody.from(context), origin == SEEK_SET,
      (0...body.size).contains(Int64(offset))
    else { return CURL_SEEKFUNC_FAIL }
    body.offset = Int64(offset)
    return CURL_SEEKFUNC_OK
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> FileBody? {
    context.map { Unmanaged<FileBody>.fromOpaque($0).takeUnretainedValue() }
  }

  private func handOut(into room: UnsafeMutableRawBufferPointer) -> Int {
    let count = Int(min(Int64(room.count), size - offset))
    let part = UnsafeMutableRawBufferPointer(rebasing: room[..<count])
    guard AttachedFiles.read(descriptor, from: offset, into: part) else {
      return Int(CURL_READFUNC_ABORT)
    }
    offset += Int64(count)
    return count
  }
}
