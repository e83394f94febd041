// SPDX-License-Identifier: Apache-2.0
// The body of an answer on its way into a file.
import CurlTransport
import ExchangeValues
import Glibc

/// Writes a body into the host's file, without the secrets.
///
/// **Isolation**: the transport's thread.
final class SavedBody {
  private let descriptor: Int32
  private let limit: Int
  private var stream: ScrubbingStream
  /// **Unit**: bytes that came in, decoded.
  private var taken = 0
  /// **Unit**: bytes in the file.
  private(set) var size = 0

  /// What ends the transfer.
  enum Problem: Error { case tooLarge, cannotWrite(Int32) }

  init(descriptor: Int32, limit: Int, scrubber: Scrubber) {
    self.descriptor = descriptor
    self.limit = limit
    stream = ScrubbingStream(scrubber)
  }

  /// Takes a piece of the decoded body.
  func take(_ piece: UnsafeRawBufferPointer) throws(Problem) {
    guard taken + piece.count <= limit else { throw .tooLarge }
    taken += piece.count
    guard !stream.isPassing else { return try write(piece) }
    try write(stream.take(piece))
  }

  /// Writes what was held back.
  func finish() throws(Problem) { try write(stream.finish()) }

  private func write(_ bytes: [UInt8]) throws(Problem) {
    let failure = bytes.withUnsafeBytes { written($0) }
    if failure != 0 { throw .cannotWrite(failure) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    let failure = written(bytes)
    if failure != 0 { throw .cannotWrite(failure) }
  }

  /// The number of the system's error, or 0.
  private func written(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    var offset = 0
    while offset < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
      let put = pwrite(descriptor, rest.baseAddress, rest.count, off_t(size))
      if put < 0 && errno == EINTR { continue }
      guard put > 0 else { return put < 0 ? errno : EIO }
      offset += put
      size += put
    }
    return 0
  }
}

extension SavedBody.Problem {
  /// As the exchange ends with it.
  func failure(limit: Int) -> ExchangeFailure {
    switch self {
    case .tooLarge:
      ExchangeFailure(
        .failed, "response_too_large",
        "the response is over \(limit) bytes: allow more, or ask for less")
    case .cannotWrite(let number) where number == ENOSPC || number == EDQUOT:
      ExchangeFailure(
        .failed, "disk_full", "the response cannot be saved: the disk is full, free some space")
    case .cannotWrite(let number):
      ExchangeFailure(
        .failed, "not_saved", "the response cannot be saved (\(String(cString: strerror(number))))")
    }
  }
}
