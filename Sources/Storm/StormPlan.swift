// SPDX-License-Identifier: Apache-2.0
// Where and whom a storm kills, one after the other.

/// One kill: a fault point and who dies there.
struct StormKill: Sendable {
  /// A point of `CSystem/include/fault.h`.
  let point: String
  /// `host`, or `worker:` and the plugin in it.
  let victim: String
}

/// The kills of a storm, in an order that visits every point and every kind of process.
enum StormPlan {
  static let points = ["accept", "commit", "call", "left", "outcome"]

  static let kills = [
    StormKill(point: "accept", victim: "host"),
    StormKill(point: "commit", victim: "host"),
    StormKill(point: "call", victim: "host"),
    StormKill(point: "left", victim: "host"),
    StormKill(point: "outcome", victim: "host"),
    StormKill(point: "call", victim: "worker:data_storage"),
    StormKill(point: "left", victim: "worker:transport_http"),
    StormKill(point: "call", victim: "worker:http"),
    StormKill(point: "commit", victim: "worker:listener"),
    StormKill(point: "accept", victim: "host"),
    StormKill(point: "outcome", victim: "host"),
    StormKill(point: "left", victim: "host"),
    StormKill(point: "left", victim: "worker:transport_http"),
    StormKill(point: "call", victim: "host"),
    StormKill(point: "commit", victim: "host"),
  ]
}
