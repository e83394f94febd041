// SPDX-License-Identifier: Apache-2.0
// The listener's limits, as the host sets them.
import ExchangeValues

/// What `start` is given, each limit with a standard and bounds that keep it sane.
struct ListenerSettings: Sendable {
  var maxBodyBytes = 1_048_576
  var maxHeaderBytes = 16_384
  var maxConnections = 1_024
  var idleTimeoutMS = 30_000
  var pendingTimeoutMS = 30_000

  /// How much of a body over the limit is read and thrown away, so that the peer can read why.
  static let drainBytes = 1_048_576

  init() {}

  init(reading value: ValueReader) {
    let read = { (name: String, range: ClosedRange<Int64>, standard: Int) -> Int in
      guard let number = value[name].integer else { return standard }
      return Int(min(max(number, range.lowerBound), range.upperBound))
    }
    maxBodyBytes = read("max_body_bytes", 0...33_554_432, maxBodyBytes)
    maxHeaderBytes = read("max_header_bytes", 1_024...1_048_576, maxHeaderBytes)
    maxConnections = read("max_connections", 1...65_536, maxConnections)
    idleTimeoutMS = read("idle_timeout_ms", 1_000...3_600_000, idleTimeoutMS)
    pendingTimeoutMS = read("pending_timeout_ms", 10...3_600_000, pendingTimeoutMS)
  }

  /// libmicrohttpd's pool: the headers, and what it makes of them. It zeroes the whole pool after
  /// each request: at 80 KiB that was a sixth of all processor time.
  var memoryPerConnection: Int { maxHeaderBytes + maxHeaderBytes / 2 + 8_192 }
}
