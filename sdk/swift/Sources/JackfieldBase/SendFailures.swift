// SPDX-License-Identifier: Apache-2.0
// Many recipients, one outcome.
import JackfieldPlugin

/// One recipient that was not reached.
public struct SendFailure: Encodable, Sendable, Hashable {
  public let target: String
  public let `class`: String
  public let error: String
  /// The provider's code, else ours.
  public let code: String?

  public init(_ target: String, _ error: ActionError) {
    self.target = target
    self.class = error.class.name
    self.error = error.message
    code = error.providerCode ?? error.code
  }
}

/// The recipients that were not reached, and what that means for the whole.
public struct SendFailures: Sendable {
  public private(set) var errors: [(target: String, error: ActionError)] = []

  public init() {}

  public var isEmpty: Bool { errors.isEmpty }

  /// As results list them.
  public var list: [SendFailure] { errors.map { SendFailure($0.target, $0.error) } }

  public mutating func add(_ target: String, _ error: ActionError) {
    errors.append((target, error))
  }

  /// Throws when the action has failed as a whole: nobody reached, or not everybody where all were
  /// asked for.
  ///
  /// - Parameter unsent: how many were not tried, because all were asked for and one had failed.
  /// - Parameter result: what would have been the result; becomes the error's detail.
  /// **Throws**: the class of the first failure; `unknown_outcome` when nobody was reached for
  /// certain and a fate is unclear; `failed`, code `some_failed`, when all were asked for.
  public func conclude(
    reached: Int, unsent: Int = 0, requireAll: Bool, result: JSONValue
  ) throws(ActionError) {
    guard let first = errors.first else { return }
    var error: ActionError
    if reached > 0 || unsent > 0 {
      guard requireAll else { return }
      let outcome = reached > 0 ? "" : ", so nobody was sent to"
      error = .failed(
        "some_failed",
        "\(errors.count) of \(reached + unsent + errors.count) recipients failed\(outcome)")
    } else {
      error = errors.first { $0.error.class == .unknownOutcome }?.error ?? first.error
    }
    error.detail = result
    throw error
  }
}
