// SPDX-License-Identifier: Apache-2.0
// What an author writes: one type per action.

/// One action of a plugin.
///
/// The host makes a value of the type for every attempt and calls `run` once on it, so an action
/// keeps nothing between calls. Calls overlap only when the manifest says `concurrent`.
///
/// **Shape**: `id` is the action's id in `plugin.json`; `Parameters` and `Result` are the Swift
/// form of its two schemas, both objects.
public protocol Action: SendableMetatype {
  /// The parameters, decoded from what the host rendered and validated. Use `JSONValue` for a
  /// parameter whose shape is the caller's.
  associatedtype Parameters: Decodable, SendableMetatype

  /// The result, encoded as an object.
  associatedtype Result: Encodable, SendableMetatype

  /// The id in the manifest, as `hello.greet`.
  static var id: String { get }

  init()

  /// Runs one attempt.
  ///
  /// **Throws**: the error the run shows and the fallback is chosen by. Its class decides whether
  /// the host tries again.
  /// **Isolation**: called on the call's thread; `call` must not be kept after it returns.
  func run(_ parameters: Parameters, _ call: Call) throws(ActionError) -> Result
}
