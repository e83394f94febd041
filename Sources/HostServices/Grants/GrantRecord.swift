// SPDX-License-Identifier: Apache-2.0
// What plugins used while nothing was denied, for the authors of their manifests.
import Pipeline
import Values

/// The grants that the plugins of a permissive host made use of.
///
/// **Isolation**: confined to the loop thread.
package struct GrantRecord: Sendable {
  /// What one plugin used.
  package struct Use: Sendable {
    /// All of it.
    package var used = PluginGrants()
    /// What it would have been denied, in the order it came to it.
    package var beyond: [Grant] = []
  }

  package private(set) var uses: [PluginID: Use] = [:]

  package init() {}

  mutating func note(_ grant: Grant, by plugin: PluginID, isGranted: Bool) {
    uses[plugin, default: Use()].used.add(grant)
    guard !isGranted, uses[plugin]?.beyond.contains(grant) == false,
      uses[plugin]?.beyond.count ?? 0 < Self.mostGrants
    else { return }
    uses[plugin]?.beyond.append(grant)
  }

  /// More is not a list that a person reads.
  private static let mostGrants = 1_000
}

extension GrantRecord.Use {
  /// As a manifest asks for it. Credentials are kinds of the manifest, and no grant it asks for.
  ///
  /// **Shape** `{hosts?, collections?: {read?, write?}, runs?}`.
  package var request: JSONValue {
    func list(_ texts: some Sequence<String>) -> JSONValue { .list(texts.map { .text($0) }) }
    var value = JSONObject()
    if !used.hosts.isEmpty { value["hosts"] = list(used.hosts.map(HostPattern.withoutUsualPort)) }
    let reads = used.readCollections.subtracting(used.writeCollections)
    var collections = JSONObject()
    if !reads.isEmpty { collections["read"] = list(reads.sorted()) }
    if !used.writeCollections.isEmpty {
      collections["write"] = list(used.writeCollections.sorted())
    }
    if !collections.isEmpty { value["collections"] = .object(collections) }
    if used.runs { value["runs"] = true }
    return .object(value)
  }
}
