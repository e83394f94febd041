// SPDX-License-Identifier: Apache-2.0
// Reading the collections of a manifest.

import Values

extension CollectionManifest {
  static func read(_ source: DocumentValue) -> CollectionManifest? {
    guard
      let object = source.object(keys: [
        "name", "title", "description", "fields", "unique", "indexes", "readers", "writers",
      ]), let name = object.required("name")?.name()
    else { return nil }
    var collection = CollectionManifest(name: name)
    let fields = object.required("fields")?.map(atMost: PipelineLimits.collectionFields)
    collection.fields = fields?.all.compactMap { CollectionField.read($0.key, $0.value) } ?? []
    let names = collection.fields.map(\.name)
    collection.unique = readFieldLists(object["unique"], fields: names)
    collection.indexes = readFieldLists(object["indexes"], fields: names)
    collection.readers = readReaders(object["readers"])
    collection.writers = readPlugins(object["writers"])
    return collection
  }

  private static func readFieldLists(_ source: DocumentValue?, fields: [String]) -> [[String]] {
    let lists = source?.elements(atMost: PipelineLimits.collectionIndexes) { list -> [String]? in
      guard let names = list.texts(atMost: 8, length: PipelineLimits.nameLength) else { return nil }
      if names.isEmpty { list.error("empty", "\(list.label) names no field: add one or remove it") }
      for name in names where !fields.contains(name) {
        list.error(
          "unknown_field",
          "\(list.label) names the field \"\(name)\", which the collection does not have"
            + Suggestion.text(for: name, among: fields),
          nearest: Suggestion.nearest(to: name, among: fields))
      }
      return names
    }
    return lists ?? []
  }

  private static func readReaders(_ source: DocumentValue?) -> CollectionReaders {
    guard let source else { return .plugins([]) }
    if let text = source.value.asText {
      if text == "all" { return .all }
      source.error(
        "unknown_value", "\"readers\" is \"\(text)\": write \"all\" or a list of plugins")
      return .plugins([])
    }
    return .plugins(readPlugins(source))
  }

  private static func readPlugins(_ source: DocumentValue?) -> [PluginID] {
    let ids = source?.elements(atMost: PipelineLimits.projectPlugins) { element -> PluginID? in
      guard let text = element.text(atMost: PipelineLimits.nameLength) else { return nil }
      guard DocumentName.isPluginID(text) else {
        element.error("bad_id", "\(element.label) is \"\(text)\": write a plugin id")
        return nil
      }
      return PluginID(text)
    }
    return ids ?? []
  }
}

extension CollectionField {
  static let reserved: Set<String> = ["id", "version", "created_at", "updated_at"]

  static func read(_ name: String, _ source: DocumentValue) -> CollectionField? {
    guard DocumentName.isValid(name), !reserved.contains(name) else {
      source.error(
        "bad_name",
        "the field \"\(name)\" cannot be: write a lower-case letter, then letters, digits and _, "
          + "and none of \(reserved.sorted().joined(separator: ", "))")
      return nil
    }
    guard
      let object = source.object(keys: [
        "type", "ref", "default", "fold", "title", "description", "options",
      ]), let type = object.required("type")?.choice(CollectionFieldType.self)
    else { return nil }
    var field = CollectionField(name: name, type: type)
    field.reference = object["ref"]?.name()
    field.defaultValue = object["default"]?.value
    field.folds = object["fold"]?.boolean() ?? false
    return field
  }
}
