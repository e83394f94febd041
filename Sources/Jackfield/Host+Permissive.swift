// SPDX-License-Identifier: Apache-2.0
// What plugins used of a host that denies nothing.
import HostServices
import Pipeline
import Values

extension Host {
  /// Whether plugins may do what they were not granted.
  public var isPermissive: Bool { options.isPermissive }

  /// What each plugin used since the start, by id; nothing for a host whose grants hold.
  package func usedGrants() -> [(plugin: PluginID, use: GrantRecord.Use)] {
    guard let runtime, isPermissive else { return [] }
    let record = runtime.ask { runtime.services.record } ?? nil
    return (record?.uses ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
