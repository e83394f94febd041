// SPDX-License-Identifier: Apache-2.0
// The two ways of sending a credential that sign the request in place of carrying the secret.

/// A message authentication code over the request, in a header.
///
/// Three texts hold places that are filled for each request; everything else in them stands as it
/// is written. GitHub, Stripe, Slack and Standard Webhooks differ in these members only.
package struct HMACSigning: Sendable, Hashable {
  package enum Algorithm: String, Sendable, Hashable, CaseIterable {
    case sha256, sha512, sha1
  }

  package enum Encoding: String, Sendable, Hashable, CaseIterable {
    case hex, base64
  }

  /// How the secret becomes the key.
  package enum KeyForm: String, Sendable, Hashable, CaseIterable {
    /// Its bytes as they are.
    case text
    /// Base64 to be decoded; a `whsec_` in front of it is no part of it.
    case base64
  }

  package var header: String
  /// The secret; names fields.
  package var secret: String
  package var algorithm: Algorithm
  /// What is signed: `{body}`, `{timestamp}` (seconds since 1970), `{id}` (the same on every
  /// attempt).
  package var over = "{body}"
  package var encoding = Encoding.hex
  /// What the header says: `{signature}`, `{timestamp}`.
  package var writtenAs = "{signature}"
  package var timestampHeader: String?
  package var idHeader: String?
  package var keyForm = KeyForm.text

  package init(header: String, secret: String, algorithm: Algorithm) {
    self.header = header
    self.secret = secret
    self.algorithm = algorithm
  }
}

/// AWS Signature Version 4. Each member is a text that names fields.
package struct AWSSigning: Sendable, Hashable {
  package var accessKey: String
  package var secretKey: String
  package var sessionToken: String?
  package var region: String
  package var service: String

  package init(
    accessKey: String, secretKey: String, sessionToken: String? = nil, region: String,
    service: String
  ) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
    self.region = region
    self.service = service
  }
}
