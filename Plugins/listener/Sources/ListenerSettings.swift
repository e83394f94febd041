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
  var requestTimeoutMS = 30_000
  /// What a body has to come at, once `requestTimeoutMS` is used up.
  var bodyBytesPerSecond = 4_096
  /// What `requestTimeoutMS` and `idleTimeoutMS` shrink to where places are scarce.
  var crowdedTimeoutMS = 5_000
  var maxUnfinishedPerAddress = 512

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
    requestTimeoutMS = read("request_timeout_ms", 100...3_600_000, requestTimeoutMS)
    bodyBytesPerSecond = read("body_bytes_per_second", 1...1_073_741_824, bodyBytesPerSecond)
    crowdedTimeoutMS = read("crowded_timeout_ms", 100...3_600_000, crowdedTimeoutMS)
    maxUnfinishedPerAddress = read(
      "max_unfinished_per_address", 1...65_536, maxConnections / 2)
  }

  /// With more connections than this, places are scarce.
  var crowdedConnections: Int { maxConnections - max(1, maxConnections / 16) }

  /// libmicrohttpd keeps 64 bytes for each parameter of a query, in the half of its pool that is
  /// no buffer to read into, and drops the connection without a word where they do not fit.
  var maxParameters: Int { max(16, (memoryPerConnection / 2 - 4_096) / 64) }

  /// libmicrohttpd's pool: the headers, and what it makes of them. It zeroes the whole pool after
  /// each request: at 80 KiB that was a sixth of all processor time.
  var memoryPerConnection: Int { maxHeaderBytes + maxHeaderBytes / 2 + 8_192 }
}
