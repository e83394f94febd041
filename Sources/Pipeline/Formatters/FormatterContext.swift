// SPDX-License-Identifier: Apache-2.0
// What formatters know beside their value.

import Calendar

/// The surroundings of a rendering.
package struct FormatterContext: Sendable {
  /// The zone of dates without one.
  package var zone: Zone
  /// The zones that arguments may name.
  package var zones: ZoneSource
  package var digests: Digests

  package init(
    zone: Zone = .utc, zones: ZoneSource = .fixedOffsets, digests: Digests = .none
  ) {
    self.zone = zone
    self.zones = zones
    self.digests = digests
  }
}

/// The hashes that formatters offer. They come from the host: nothing here knows cryptography.
package struct Digests: Sendable {
  package typealias Hash = @Sendable (_ message: [UInt8]) -> [UInt8]
  package typealias Code = @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]

  package let sha256: Hash?
  package let hmacSHA256: Code?

  package init(sha256: @escaping Hash, hmacSHA256: @escaping Code) {
    self.sha256 = sha256
    self.hmacSHA256 = hmacSHA256
  }

  private init() {
    sha256 = nil
    hmacSHA256 = nil
  }

  /// No hashes: their formatters give nothing and say that they are not available here.
  package static let none = Digests()
}
