// SPDX-License-Identifier: Apache-2.0
// A collection of records, as a manifest declares it.

import Values

/// A collection: fields, unique keys, indexes, and who may read and write it.
package struct CollectionManifest: Sendable, Hashable {
  package var name: String
  /// In the order of the manifest.
  package var fields: [CollectionField] = []
  /// Field lists that together are unique.
  package var unique: [[String]] = []
  package var indexes: [[String]] = []
  package var readers: CollectionReaders = .plugins([])
  package var writers: [PluginID] = []

  package init(name: String) { self.name = name }

  package func field(_ name: String) -> CollectionField? { fields.first { $0.name == name } }

  /// The fields' types for record filters, with those every record has.
  package var conditionTypes: [String: ConditionType] {
    var types: [String: ConditionType] = [
      "id": .text, "created_at": .dateTime, "updated_at": .dateTime,
    ]
    for field in fields { types[field.name] = field.type.conditionType }
    return types
  }
}

/// Who may read a collection.
package enum CollectionReaders: Sendable, Hashable {
  case all
  case plugins([PluginID])

  package func allows(_ plugin: PluginID) -> Bool {
    switch self {
    case .all: true
    case .plugins(let ids): ids.contains(plugin)
    }
  }
}

/// One field of a collection.
package struct CollectionField: Sendable, Hashable {
  package var name: String
  package var type: CollectionFieldType
  /// The collection whose record ids the field holds.
  package var reference: String?
  package var defaultValue: JSONValue?
  /// Whether unique keys and indexes compare its text without case.
  package var folds = false

  package init(name: String, type: CollectionFieldType) {
    self.name = name
    self.type = type
  }
}

/// The types of a collection's fields.
package enum CollectionFieldType: String, Sendable, Hashable, CaseIterable {
  case text, integer, number, boolean, date, time, email, website, choice, file, list, object, any
  case dateTime = "date_time"

  /// How conditions read such a field; nil where it follows from the condition.
  package var conditionType: ConditionType? {
    switch self {
    case .text: .text
    case .integer, .number: .number
    case .boolean: .boolean
    case .date: .date
    case .time: .time
    case .email: .email
    case .website: .website
    case .choice: .choice
    case .file: .file
    case .list: .list
    case .dateTime: .dateTime
    case .object, .any: nil
    }
  }
}
