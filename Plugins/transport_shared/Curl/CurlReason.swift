// SPDX-License-Identifier: Apache-2.0
// What libcurl's codes mean while nothing of ours has left.
import CCurlCalls
import ExchangeValues

/// Reads a `CURLcode`.
package enum CurlReason {
  package static func text(_ code: CURLcode) -> String {
    String(cString: curl_easy_strerror(code))
  }

  /// The failure of a transfer that ended before its request was written.
  package static func failure(
    _ code: CURLcode, place: String, timeoutMS: Int64
  ) -> ExchangeFailure {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      return ExchangeFailure(
        .unavailable, "name_not_resolved", "no address for \(place): check the host's name")
    case CURLE_OPERATION_TIMEDOUT:
      return ExchangeFailure(
        .unavailable, "timeout", "\(place) was not reached in \(timeoutMS) ms; nothing was sent")
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
      return .invalid("bad_url", "libcurl does not take the URL: \(text(code))")
    case CURLE_OUT_OF_MEMORY:
      return ExchangeFailure(.unavailable, "out_of_memory", "no memory for the request")
    case _ where isTLS(code):
      return ExchangeFailure(
        .unavailable, "tls_failed", "no secure connection to \(place): \(text(code))")
    default:
      return ExchangeFailure(
        .unavailable, "connect_failed", "no connection to \(place): \(text(code))")
    }
  }

  package static func isTLS(_ code: CURLcode) -> Bool {
    [
      CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
      CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED,
    ].contains(code)
  }
}
