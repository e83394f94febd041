// SPDX-License-Identifier: Apache-2.0
// What repeating the request would do.
import JackfieldPlugin

/// The side-effect class of one request; `auto` follows the method.
enum Effect: String, Decodable {
  case auto, pure, idempotent, keyed
  case atMostOnce = "at_most_once"

  /// The class in force.
  func settled(_ method: String) -> Effect {
    guard self == .auto else { return self }
    return switch method {
    case "GET", "HEAD", "OPTIONS": .pure
    case "PUT", "DELETE": .idempotent
    default: .atMostOnce
    }
  }

  /// A request that may be repeated is merely unavailable when its answer was lost.
  func reading(_ error: ActionError) -> ActionError {
    guard error.class == .unknownOutcome, self != .atMostOnce else { return error }
    var error = error
    error.class = .unavailable
    return error
  }
}
