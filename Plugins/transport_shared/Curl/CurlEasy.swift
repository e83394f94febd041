// SPDX-License-Identifier: Apache-2.0
// One libcurl transfer handle.
import CCurlCalls
import ExchangeValues

/// Owns an easy handle, the lists it points at, and the memory its options borrow.
///
/// **Isolation**: the transport's thread.
package final class CurlEasy {
  package let handle: UnsafeMutableRawPointer
  private var lists: [UnsafeMutablePointer<curl_slist>] = []
  private var kept: [AnyObject] = []

  package init() throws(ExchangeFailure) {
    guard let handle = curl_easy_init() else {
      throw ExchangeFailure(.unavailable, "out_of_memory", "no memory for a transfer")
    }
    self.handle = handle
  }

  deinit {
    curl_easy_cleanup(handle)
    for list in lists { curl_slist_free_all(list) }
  }

  package func set(_ option: CURLoption, _ value: Int) throws(ExchangeFailure) {
    try check(jf_easy_long(handle, option, value), option)
  }

  package func set(_ option: CURLoption, offset value: Int) throws(ExchangeFailure) {
    try check(jf_easy_offset(handle, option, Int64(value)), option)
  }

  /// A text option; libcurl copies the text.
  package func set(_ option: CURLoption, _ value: String) throws(ExchangeFailure) {
    try check(jf_easy_text(handle, option, value), option)
  }

  /// A secret text option, without a `String` in between.
  package func set(_ option: CURLoption, secret value: OwnedBytes) throws(ExchangeFailure) {
    try check(value.withCString { jf_easy_text(handle, option, $0) }, option)
  }

  /// A pointer option whose memory `owner` holds.
  package func set(
    _ option: CURLoption, pointer: UnsafeMutableRawPointer, owner: AnyObject
  ) throws(ExchangeFailure) {
    kept.append(owner)
    try check(jf_easy_pointer(handle, option, pointer), option)
  }

  /// A list option (headers, recipients); the lines are C strings without control characters.
  package func set(_ option: CURLoption, lines: [OwnedBytes]) throws(ExchangeFailure) {
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines {
      guard let longer = line.withCString({ curl_slist_append(list, $0) }) else {
        curl_slist_free_all(list)
        throw ExchangeFailure(.unavailable, "out_of_memory", "no memory for the headers")
      }
      list = longer
    }
    guard let list else { return }
    lists.append(list)
    try check(jf_easy_pointer(handle, option, list), option)
  }

  package func check(_ code: CURLcode, _ option: CURLoption) throws(ExchangeFailure) {
    guard code != CURLE_OK else { return }
    throw ExchangeFailure(
      .bug, "curl_option", "libcurl refused option \(option.rawValue) with code \(code.rawValue)")
  }

  /// What every transfer of ours has: no signals, no proxies of the environment, no .netrc, TLS
  /// verified against the system's roots or `caFile`, and the time that is left.
  package func setGround(
    timeoutMS: Int64, caFile: String?, protocols: String
  ) throws(ExchangeFailure) {
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_PROTOCOLS_STR, protocols)
    try set(CURLOPT_REDIR_PROTOCOLS_STR, protocols)
    try set(CURLOPT_PROXY, "")
    try set(CURLOPT_NOPROXY, "*")
    try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let caFile { try set(CURLOPT_CAINFO, caFile) }
    try set(CURLOPT_TIMEOUT_MS, Int(max(1, timeoutMS)))
    try set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, min(timeoutMS, CurlLimits.connectTimeoutMS))))
    try set(CURLOPT_MAXAGE_CONN, CurlLimits.idleConnectionSeconds)
    try set(CURLOPT_BUFFERSIZE, CurlLimits.receiveBufferBytes)
    try set(CURLOPT_TCP_KEEPALIVE, 1)
    // Without it, ending a transfer that still resolves its host waits for the resolver, and
    // every other transfer with it.
    try set(CURLOPT_QUICK_EXIT, 1)
  }
}
