// SPDX-License-Identifier: Apache-2.0
// Between `jf_bytes` and Swift's views.
import CJackfield
import Glibc

extension jf_bytes {
  static var empty: jf_bytes { jf_bytes(data: nil, size: 0) }

  init(_ view: UnsafeBufferPointer<UInt8>) {
    self.init(data: view.baseAddress, size: UInt64(view.count))
  }

  /// The bytes; none when the plugin says null or a size that no memory has.
  var view: UnsafeBufferPointer<UInt8> {
    guard let data, size <= UInt64(Int32.max) else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(start: data, count: Int(size))
  }

  var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(view) }

  /// As text; bytes that are no UTF-8 are replaced.
  var text: String { String(decoding: view, as: UTF8.self) }

  /// As text of at most `limit` bytes, cut between characters.
  func text(limit: Int) -> String {
    guard size > UInt64(limit) else { return text }
    var cut = limit
    while cut > 0, view[cut] & 0xC0 == 0x80 { cut -= 1 }
    return String(decoding: view[..<cut], as: UTF8.self)
  }
}

/// A copy of a plugin's struct that begins with its size: members the plugin does not know are
/// zero, so are members beyond what a bad size claims.
func copied<Struct>(_ pointer: UnsafePointer<Struct>, into empty: Struct) -> Struct {
  var copy = empty
  let raw = UnsafeRawPointer(pointer)
  let size = Int(raw.load(as: UInt32.self))
  withUnsafeMutableBytes(of: &copy) {
    $0.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: min(size, $0.count)))
  }
  return copy
}
