// SPDX-License-Identifier: Apache-2.0
// A host that grants what a manifest asks for, and nothing else.

import Pipeline
import Values

/// The grants of a manifest, in force.
struct CheckGrants: Sendable {
  let manifest: PluginManifest

  /// What has to be added to the manifest for a request to be let through; nil when nothing.
  func refusal(of use: ServiceUse, in world: CheckWorld) -> String? {
    let grants = manifest.grants
    switch use.kind {
    case .recordGet, .recordQuery:
      let name = use.text("collection")
      let known = grants.readCollections + grants.writeCollections
      return known.contains(name)
        ? nil : "\(use.shown): add \"\(name)\" to \"grants\".\"collections\".\"read\""
    case .recordPut, .recordPutNow, .recordRemove:
      let name = use.text("collection")
      return grants.writeCollections.contains(name)
        ? nil : "\(use.shown): add \"\(name)\" to \"grants\".\"collections\".\"write\""
    case .http: return hostRefusal(use, in: world)
    case .credential:
      let name = use.text("name")
      let kind = (world.credentials[name] ?? world.credentials.values.first)?["kind"]?.asText
      guard let kind, !manifest.credentials.contains(where: { $0.kind == kind }) else { return nil }
      return "\(use.shown) of kind \(kind): declare the kind in \"credentials\""
    case .runStart, .delaysCancel, .runLeave, .runStop, .eventRaise, .eventSettle:
      return grants.runs ? nil : "\(use.shown): add \"runs\": true to \"grants\""
    case .mail:
      let hasKind = manifest.credentials.contains { $0.sendAs == .mail }
      return hasKind ? nil : "\(use.shown): declare a credential with \"send_as\": {\"mail\": …}"
    case .blobCreate, .blobAppend, .blobFinish, .blobLook, .blobRead, .unknown: return nil
    }
  }

  private func hostRefusal(_ use: ServiceUse, in world: CheckWorld) -> String? {
    guard let (host, port) = HostPattern.authority(of: use.text("url")) else { return nil }
    let patterns = manifest.grants.hosts.flatMap { pattern in
      pattern.hasPrefix("{") ? fieldHosts(pattern, world) : [pattern]
    }
    if patterns.contains(where: { HostPattern.covers($0, host: host, port: port) }) { return nil }
    return "\(use.shown): add \"\(host)\" to \"grants\".\"hosts\""
  }

  /// The hosts of the credentials' fields that a pattern `{field}` names.
  private func fieldHosts(_ pattern: String, _ world: CheckWorld) -> [String] {
    world.credentials.values.compactMap { credential in
      let field = String(pattern.dropFirst().dropLast())
      return credential[field]?.asText.flatMap { HostPattern.authority(of: $0)?.host }
    }
  }
}
