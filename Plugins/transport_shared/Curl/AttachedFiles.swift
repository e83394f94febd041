// SPDX-License-Identifier: Apache-2.0
// The open files of an exchange.
import ExchangeValues
import Glibc

/// Files as the request counts them. The worker closes them after the answer.
package struct AttachedFiles: Sendable {
  private let descriptors: [Int32]

  package init(_ descriptors: [Int32]) { self.descriptors = descriptors }

  /// The descriptor that a member of the request counts; nil where there is no such member.
  ///
  /// **Throws**: `invalid_input` where no such file was handed over.
  package func descriptor(_ value: ValueReader) throws(ExchangeFailure) -> Int32? {
    guard !value.isNull else { return nil }
    guard let place = value.integer, place >= 0, place < Int64(descriptors.count) else {
      throw .invalid("bad_file", "the request counts a file that was not handed over")
    }
    return descriptors[Int(place)]
  }

  /// Reads from a place on until there is no room left; false where the file is shorter or fails.
  package static func read(
    _ descriptor: Int32, from offset: Int64, into room: UnsafeMutableRawBufferPointer
  ) -> Bool {
    var count = 0
    while count < room.count {
      let place = room.baseAddress?.advanced(by: count)
      let got = pread(descriptor, place, room.count - count, off_t(offset) + off_t(count))
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { return false }
      count += got
    }
    return true
  }
}
