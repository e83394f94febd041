// SPDX-License-Identifier: Apache-2.0
// The error an action ends with.
import Values

/// Why an action failed: a class that decides, a code that machines match, a text for people.
///
/// Make one with the static function named after its class:
/// `throw .notFound("storage_not_found", "storage not found: \(name)")`.
public struct ActionError: Error, Sendable {
  /// What the host does next depends on this alone.
  public var `class`: ErrorClass
  /// Stable snake_case, listed under `errors` in the manifest.
  public var code: String
  /// What happened, with the value, then what to do. No payloads, no secrets.
  public var message: String
  /// The code of the service behind the action, as it was given.
  public var providerCode: String?
  /// How long the service asked to wait.
  public var retryAfter: Duration?
  /// For the run view.
  public var detail: JSONValue?

  public init(
    _ class: ErrorClass, _ code: String, _ message: String, providerCode: String? = nil,
    retryAfter: Duration? = nil, detail: JSONValue? = nil
  ) {
    self.class = `class`
    self.code = code
    self.message = message
    self.providerCode = providerCode
    self.retryAfter = retryAfter
    self.detail = detail
  }

  /// A parameter or a reference is wrong.
  public static func invalidInput(_ code: String, _ message: String) -> ActionError {
    ActionError(.invalidInput, code, message)
  }

  /// A grant, a credential or a list says no.
  public static func denied(_ code: String, _ message: String) -> ActionError {
    ActionError(.denied, code, message)
  }

  /// What was named does not exist.
  public static func notFound(_ code: String, _ message: String) -> ActionError {
    ActionError(.notFound, code, message)
  }

  /// Somebody else changed it first.
  public static func conflict(_ code: String, _ message: String) -> ActionError {
    ActionError(.conflict, code, message)
  }

  /// Too many; nothing was done.
  public static func rateLimited(
    _ code: String, _ message: String, retryAfter: Duration? = nil
  ) -> ActionError {
    ActionError(.rateLimited, code, message, retryAfter: retryAfter)
  }

  /// Transient; nothing was done.
  public static func unavailable(
    _ code: String, _ message: String, retryAfter: Duration? = nil
  ) -> ActionError {
    ActionError(.unavailable, code, message, retryAfter: retryAfter)
  }

  /// Permanent; nothing was done.
  public static func failed(_ code: String, _ message: String) -> ActionError {
    ActionError(.failed, code, message)
  }

  /// It may or may not have been done.
  public static func unknownOutcome(_ code: String, _ message: String) -> ActionError {
    ActionError(.unknownOutcome, code, message)
  }

  /// The plugin or the host broke a rule.
  public static func bug(_ code: String, _ message: String) -> ActionError {
    ActionError(.bug, code, message)
  }
}
