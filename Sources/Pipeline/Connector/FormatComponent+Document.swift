// SPDX-License-Identifier: Apache-2.0
// Reading a format and a message wait.

import Values

extension FormatComponent {
  static func read(_ source: DocumentValue, standIn: String) -> FormatComponent? {
    guard let object = source.object(keys: ["id", "title", "save", "values"]) else { return nil }
    let id = object.componentID(standIn)
    let save = object.required("save")?.name()
    let map = object.required("values")?.map(atMost: PipelineLimits.formatValues)
    if let map, map.all.isEmpty {
      map.base.error("empty", "\"values\" is empty: name a value, or remove the format")
    }
    let values = map?.all.map { TemplateMember(name: $0.key, value: TemplateTree.read($0.value)) }
    guard let id, let save, let values else { return nil }
    return FormatComponent(id: id, save: save, values: values)
  }
}

extension MessageWaitComponent {
  static func read(
    _ source: DocumentValue, otherwise: FilterElse?, standIn: String
  ) -> MessageWaitComponent? {
    guard let object = source.object(keys: ["id", "title", "save", "within"]),
      let id = object.componentID(standIn)
    else { return nil }
    var wait = MessageWaitComponent(id: id)
    wait.save = object["save"]?.name()
    if let within = object["within"]?.duration(atLeast: .seconds(1)) { wait.timeout = within }
    wait.otherwise = otherwise ?? .nextStep
    return wait
  }
}
