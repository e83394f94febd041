// SPDX-License-Identifier: Apache-2.0
// Checking what a connector refers to: each concern has a checker of its own.

import Values

extension Connector {
  /// Everything wrong or doubtful in what the connector refers to, in the order of its text.
  package func check(in context: CheckContext) -> [Finding] {
    let findings = FindingList(document: document)
    let check = ConnectorCheck(connector: self, context: context, findings: findings)
    check.run()
    return findings.sorted
  }

  /// Reads and checks in one go.
  package static func check(
    _ document: JSONDocument, in context: CheckContext
  ) -> (connector: Connector?, findings: [Finding]) {
    let (connector, found) = parse(document)
    guard let connector else { return (nil, found) }
    let findings = found + connector.check(in: context)
    return (findings.hasErrors ? nil : connector, findings)
  }
}

/// One check of one connector: what every checker works on.
struct ConnectorCheck {
  let connector: Connector
  let context: CheckContext
  let findings: FindingList

  func run() {
    checkNames()
    checkTrigger()
    checkContact()
    checkRespond()
    checkAlerts()
    checkGotos()
    checkDeadSteps()
    checkDelays()
    checkConditions()
    for site in connector.actionSites { checkAction(site) }
    checkGrantedCredentials()
    checkRoutes()
    checkDuration()
    ReferenceCheck(check: self).run()
  }

  func error(
    _ code: String, _ message: String, at path: DocumentPath, ofKey: Bool = false,
    nearest: String? = nil
  ) {
    findings.add(.error, code, message, at: path, ofKey: ofKey, nearest: nearest)
  }

  func warning(
    _ code: String, _ message: String, at path: DocumentPath, nearest: String? = nil
  ) {
    findings.add(.warning, code, message, at: path, nearest: nearest)
  }

  /// Reports a name that is none of those known: `there is no WHAT "name": did you mean …`.
  func unknown(
    _ code: String, _ what: String, _ name: String, among known: some Collection<String>,
    at path: DocumentPath
  ) {
    error(
      code, "there is no \(what) \"\(name)\"" + Suggestion.text(for: name, among: known),
      at: path, nearest: Suggestion.nearest(to: name, among: known))
  }

  private func checkContact() {
    guard let contact = connector.contact else { return }
    checkAttributes(contact.attributes.map(\.name))
    guard !context.collections.contains("contact") else { return }
    error(
      "missing_collection",
      "\"contact\" maps to the collection \"contact\", which no plugin declares: install the "
        + "plugin \"base\"",
      at: DocumentPath([.key("contact")]))
  }

  /// A name of a contact's own field, or the number of a record, is found without a definition.
  private func checkAttributes(_ names: [String]) {
    guard let known = context.attributes else { return }
    for name in names where !ContactMapping.fieldNames.contains(name) && Int64(name) == nil {
      guard !known.contains(where: { sameName($0, name) }) else { continue }
      error(
        "unknown_attribute",
        "the project \(context.project) has no attribute \"\(name)\""
          + Suggestion.text(for: name, among: known, listUpTo: 20),
        at: DocumentPath([.key("contact"), .key("attributes"), .key(name)]), ofKey: true,
        nearest: Suggestion.nearest(to: name, among: known))
    }
  }

  /// - Parameter kind: what it has to be, where only one kind will do.
  func missingCredential(
    _ name: CredentialName, kind: String = "KIND", at path: DocumentPath
  ) {
    let known = context.credentials.map(\.rawValue)
    let nearest = Suggestion.nearest(to: name.rawValue, among: known)
    let command = "`jackfield credential set \(name) --kind \(kind) --project \(context.project)`"
    let hint = nearest.map { "did you mean \"\($0)\"?" } ?? "type \(command)"
    error(
      "missing_credential",
      "the project \(context.project) has no credential \"\(name)\": \(hint)",
      at: path, nearest: nearest)
  }
}
