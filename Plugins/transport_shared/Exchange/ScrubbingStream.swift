// SPDX-License-Identifier: Apache-2.0
// Removes secrets from what comes in pieces.

/// Gives out what came in without the secrets, those too that lie across two pieces: as many bytes
/// are held back as the longest has.
package struct ScrubbingStream {
  private let scrubber: Scrubber
  private var held: [UInt8] = []

  package init(_ scrubber: Scrubber) { self.scrubber = scrubber }

  /// Whether there is nothing to look for.
  package var isPassing: Bool { scrubber.isEmpty }

  package mutating func take(_ piece: UnsafeRawBufferPointer) -> [UInt8] {
    held += piece
    return give(isLast: false)
  }

  /// The rest.
  package mutating func finish() -> [UInt8] { give(isLast: true) }

  private mutating func give(isLast: Bool) -> [UInt8] {
    let (ready, rest) = scrubber.scrubPrefix(of: held, isLast: isLast)
    held = rest
    return ready
  }
}
