// SPDX-License-Identifier: Apache-2.0
// What one JSON text may cost: every bound of the parser and the builder, with its reason.

/// The bounds a JSON text is parsed or built under.
public struct JSONLimits: Sendable, Hashable {
  /// How many lists and objects may be open at once; deep nesting is only ever an attack, and every
  /// recursive walk over a value relies on this bound.
  public var depth: Int
  /// **Unit**: bytes of UTF-8. The largest payload that travels between processes.
  public var bytes: Int
  /// How many values, containers included; a list of single digits costs twenty times its text in
  /// memory, so bytes alone do not bound it.
  public var values: Int

  public init(depth: Int = 128, bytes: Int = 32 << 20, values: Int = 2_000_000) {
    self.depth = depth
    self.bytes = bytes
    self.values = values
  }

  /// 128 levels, 32 MiB, 2,000,000 values.
  public static let standard = JSONLimits()
}
