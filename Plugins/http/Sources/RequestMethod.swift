// SPDX-License-Identifier: Apache-2.0
// The method of a request.
import JackfieldPlugin

/// Methods as they are written.
enum RequestMethod {
  /// The method, GET where none is given; the well-known ones in any case.
  ///
  /// **Throws**: `invalid_input`, code `bad_method`, when it is no token.
  static func checked(_ method: String?) throws(ActionError) -> String {
    guard let method, !method.isEmpty else { return "GET" }
    guard RequestHeaders.isToken(method) else {
      throw .invalidInput("bad_method", "method is no HTTP token: letters, digits and -_ only")
    }
    let upper = method.uppercased()
    return known.contains(upper) ? upper : method
  }

  private static let known: Set<String> = [
    "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE",
  ]
}
