// SPDX-License-Identifier: Apache-2.0
// A collection as the store needs it.

import Pipeline
import Values

/// A collection with what follows from its manifest, worked out once.
package struct RecordSchema: Sendable {
  package let manifest: CollectionManifest
  package var name: String { manifest.name }
  /// Fields whose values stand in `record_index`: every field of an index or a unique key but the
  /// times, which no equality is asked of.
  let indexedFields: [String]
  /// Unique keys by their stable names: the fields joined.
  let uniqueKeys: [(name: String, fields: [String])]
  let types: [String: ConditionType]
  private let folding: Set<String>

  package init(_ manifest: CollectionManifest) {
    self.manifest = manifest
    types = manifest.conditionTypes
    var indexed: [String] = []
    for field in (manifest.indexes + manifest.unique).joined()
    where !indexed.contains(field) && field != "created_at" && field != "updated_at" {
      indexed.append(field)
    }
    indexedFields = indexed
    uniqueKeys = manifest.unique.map { ($0.joined(separator: ","), $0) }
    folding = Set(manifest.fields.filter(\.folds).map(\.name))
  }

  func folds(_ field: String) -> Bool { folding.contains(field) }
}
