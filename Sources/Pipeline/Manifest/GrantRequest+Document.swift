// SPDX-License-Identifier: Apache-2.0
// Reading what a manifest asks to be granted.

import Values

extension GrantRequest {
  static func read(_ source: DocumentValue) -> GrantRequest {
    var grants = GrantRequest()
    guard
      let object = source.object(
        keys: ["hosts", "collections", "runs", "events"] + ResourceGrants.documentKeys)
    else { return grants }
    grants.hosts =
      object["hosts"]?.elements(atMost: PipelineLimits.hosts) {
        $0.hostName(mayBeField: true)
      } ?? []
    grants.resources = ResourceGrants.read(object)
    grants.runs = object["runs"]?.boolean() ?? false
    grants.events = object["events"]?.boolean() ?? false
    if let collections = object["collections"]?.object(keys: ["read", "write"]) {
      grants.readCollections = readNames(collections["read"])
      grants.writeCollections = readNames(collections["write"])
    }
    return grants
  }

  private static func readNames(_ source: DocumentValue?) -> [String] {
    source?.elements(atMost: PipelineLimits.collections) { $0.name() } ?? []
  }
}
