// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
extension Host {
  public static let version = "0.1.0"
  public var address: String? { nil }
  public func listen(address: String, port: UInt16) throws(HostError) {}
  public func stopListening() {}
}
extension HostError {
  /// Whether the command or its input was wrong, rather than the host or the world.
  package var isAboutInput: Bool {
    code.hasPrefix("unknown_") || code.hasPrefix("bad_") || code.hasPrefix("missing_")
      || ["which_project", "no_hosts", "too_long", "ambiguous_action"].contains(code)
  }
}
