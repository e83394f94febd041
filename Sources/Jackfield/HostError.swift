// SPDX-License-Identifier: Apache-2.0
// What can go wrong with a host as a whole.

/// An error of the host: a stable code, and a sentence that says what to do.
public struct HostError: Error, Sendable, CustomStringConvertible {
  /// Stable snake_case, for machines.
  public let code: String
  public let message: String

  public init(_ code: String, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
