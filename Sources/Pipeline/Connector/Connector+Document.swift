// SPDX-License-Identifier: Apache-2.0
// Reading a connector's document.

import Values

extension Connector {
  static let documentKeys = [
    "$schema", "format", "project", "name", "title", "description", "enabled", "time_zone",
    "options", "trigger", "contact", "respond", "steps",
  ]

  /// Reads a connector; nil only when a finding is an error. `check` looks at what the document
  /// refers to.
  ///
  /// - Parameter isStored: whether it comes from the store, where some are the host's own.
  package static func parse(
    _ document: JSONDocument, isStored: Bool = false
  ) -> (connector: Connector?, findings: [Finding]) {
    let findings = FindingList(document: document, isHostMade: isStored)
    findings.addDuplicateKeys(of: document)
    let connector = read(DocumentValue(document: document, findings: findings), document)
    let sorted = findings.sorted
    return (sorted.hasErrors ? nil : connector, sorted)
  }

  private static func read(_ source: DocumentValue, _ document: JSONDocument) -> Connector? {
    guard let object = source.object(keys: documentKeys) else { return nil }
    object.checkFormat()
    let project = object.required("project")?.name()
    let name = object.required("name").flatMap(readName)
    let trigger = object.required("trigger").flatMap(Trigger.read)
    let steps = object.required("steps").map(readSteps) ?? []
    var found = (options: ConnectorOptions(), respond: RespondMapping?.none)
    if let options = object["options"] { found.options = ConnectorOptions.read(options) }
    found.respond = object["respond"].flatMap(RespondMapping.read)
    let contact = object["contact"].flatMap(ContactMapping.read)
    let title = object["title"]?.text(atMost: PipelineLimits.titleLength)
    let description = object["description"]?.text(atMost: PipelineLimits.descriptionLength)
    let isEnabled = object["enabled"]?.boolean() ?? true
    let timeZone = object["time_zone"]?.text(atMost: PipelineLimits.zoneLength)
    guard let project, let name, let trigger else { return nil }
    return Connector(
      document: document, project: ProjectID(project), name: ConnectorName(name), title: title,
      description: description, isEnabled: isEnabled, timeZone: timeZone, options: found.options,
      trigger: trigger, contact: contact, respond: found.respond, steps: steps)
  }

  /// The host's own connectors have names that no document may have: `channel.NAME`, `system.NAME`.
  private static func readName(_ source: DocumentValue) -> String? {
    if source.findings.isHostMade, let text = source.value.asText {
      for prefix in [ConnectorName.channelPrefix, ConnectorName.shippedPrefix]
      where text.hasPrefix(prefix) && DocumentName.isValid(String(text.dropFirst(prefix.count))) {
        return text
      }
    }
    return source.name()
  }

  private static func readSteps(_ source: DocumentValue) -> [Step] {
    guard let list = source.list(atMost: PipelineLimits.steps) else { return [] }
    if list.isEmpty { source.error("empty", "\"steps\" is empty: add a step") }
    return list.compactMap(Step.read)
  }
}
