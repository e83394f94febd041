// SPDX-License-Identifier: Apache-2.0
// How long a peer asks to wait.
import JackfieldPlugin

extension HTTPResponse {
  /// What `retry-after-ms` or `retry-after` ask for; a date counts from the response's own `date`.
  ///
  /// **Source**: RFC 9110 §10.2.3.
  public var retryAfter: Duration? {
    if let text = header("retry-after-ms"), let milliseconds = Double(text), milliseconds >= 0 {
      return .milliseconds(Int64(min(milliseconds, 86_400_000)))
    }
    guard let text = header("retry-after")?.trimmed else { return nil }
    if let seconds = Double(text) {
      return seconds >= 0 ? .milliseconds(Int64(min(seconds, 86_400) * 1_000)) : nil
    }
    guard let until = Moment(http: text) else { return nil }
    let from = header("date").flatMap { Moment(http: $0) } ?? .now
    return .seconds(min(max(0, until.seconds - from.seconds), 86_400))
  }
}
