// SPDX-License-Identifier: Apache-2.0
// Views of Swift texts and bytes for the length of one call into the host.
import CJackfield

/// Keeps copies of what is lent to the host, and frees them together.
///
/// The ABI's structs hold several views at once, for which nested `withUTF8` closures would be
/// unreadable; the copies cost less than the call they are made for.
/// **Ownership**: a view lives as long as this object; extend its life over the call.
final class Borrowed {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// A view of a text's UTF-8; nil and empty are the empty view.
  func bytes(_ text: String?) -> jf_bytes {
    guard var text, !text.isEmpty else { return jf_bytes(data: nil, size: 0) }
    return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
  }

  /// A view of bytes.
  func bytes(_ bytes: [UInt8]) -> jf_bytes {
    guard !bytes.isEmpty else { return jf_bytes(data: nil, size: 0) }
    return bytes.withUnsafeBytes { copy($0) }
  }

  /// Memory for `count` values, given up with this object.
  func array<T>(of type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<T>.stride, alignment: MemoryLayout<T>.alignment)
    blocks.append(memory)
    return memory.bindMemory(to: T.self, capacity: max(1, count))
  }

  private func copy(_ source: UnsafeRawBufferPointer) -> jf_bytes {
    let memory = array(of: UInt8.self, count: source.count)
    UnsafeMutableRawBufferPointer(start: memory, count: source.count).copyMemory(from: source)
    return jf_bytes(data: UnsafePointer(memory), size: UInt64(source.count))
  }
}

extension jf_bytes {
  /// The bytes as text, repaired where they are no UTF-8.
  var text: String { String(decoding: buffer, as: UTF8.self) }

  /// A copy of the bytes.
  var array: [UInt8] { Array(buffer) }

  var buffer: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: data, count: data == nil ? 0 : Int(clamping: size))
  }
}
