// SPDX-License-Identifier: Apache-2.0
// Every limit on what comes in, each with its reason.

/// Bounds on a request, beside the connector's own on the body.
package enum IngressLimits {
  /// **Unit** bytes; a webhook's path has 44.
  package static let pathBytes = 1_024
  /// **Unit** bytes of the query string.
  package static let queryBytes = 8 << 10
  /// A proxy adds a handful to a sender's dozen.
  package static let headers = 100
  /// **Unit** bytes of all names and values.
  package static let headerBytes = 32 << 10
  /// Levels of a JSON body; deeper is only ever an attack.
  package static let jsonDepth = 64
  /// Values of a JSON body: memory is bounded by values, not by bytes.
  package static let jsonValues = 200_000
  /// Fields of a form or of a query string.
  package static let formFields = 1_000
  /// Parts of a multipart body.
  package static let parts = 200
  /// **Unit** bytes of one part's headers.
  package static let partHeaderBytes = 4 << 10
  /// **Unit** bytes of what a handshake is answered with.
  package static let handshakeAnswer = 256
  /// Signatures of one header that are looked at: two secrets, a few versions.
  package static let signatures = 16
}
