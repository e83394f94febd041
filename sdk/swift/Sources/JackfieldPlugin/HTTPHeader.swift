// SPDX-License-Identifier: Apache-2.0
// One header of a request.

/// A header's name and value, as they are sent.
public struct HTTPHeader: Sendable, Hashable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
