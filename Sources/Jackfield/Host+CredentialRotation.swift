// SPDX-License-Identifier: Apache-2.0
// A new secret in a credential that stays what it is.
import HostServices
import Pipeline
import Store
import Values

extension Host {
  /// What a new secret is asked for with: the secret fields of the credential's kind.
  ///
  /// - Throws: `HostError`, codes `unknown_credential`, `unknown_credential_kind`.
  public func rotationQuestions(
    project: String, name: String
  ) throws(HostError) -> [CredentialQuestion] {
    let row = try credentialRow(try self.project(named: project), name)
    return try credentialQuestions(kind: row.kind).filter(\.isSecret)
  }

  /// Puts new secrets in the place of a credential's old ones, in one transaction; its visible
  /// fields, hosts and grants stay. Requests that are under way go with the old one.
  ///
  /// - Parameter secrets: texts by secret field; a field that is left out keeps its value.
  /// - Throws: `HostError`: nothing is new (`nothing_new`), a field that is no secret, a value that
  ///   does not fit, an old value that cannot be kept because it does not open.
  public func rotateCredential(
    project: String, name: String, secrets: [String: String]
  ) throws(HostError) {
    try change { () throws(HostError) -> Void in
      let project = try self.project(named: project)
      let row = try credentialRow(project, name)
      let kind = try credentialKind(row.kind)
      let given = secrets.filter { !$0.value.isEmpty }
      guard !given.isEmpty else {
        throw HostError("nothing_new", "no new secret was given: \"\(name)\" is as it was")
      }
      for field in given.keys where !kind.fields.contains(where: { $0.name == field && $0.isSecret }) {
        throw HostError(
          "unknown_field", "kind \(kind.kind) has no secret field \"\(field)\"")
      }
      var all = try kept(row, kind, without: Set(given.keys))
      for field in kind.fields where field.isSecret {
        guard let text = given[field.name] else { continue }
        all[field.name] = try Host.value(of: text, for: field)
      }
      try keep(row.name, kind, row.shown.asObject ?? [:], all, in: project)
    }
  }

  /// The old values of the secret fields that get no new one.
  private func kept(
    _ row: CredentialRow, _ kind: CredentialKind, without given: Set<String>
  ) throws(HostError) -> JSONObject {
    let isWholeNew = kind.fields.allSatisfy { !$0.isSecret || given.contains($0.name) }
    guard !isWholeNew else { return [:] }
    do throws(ActionFailure) {
      return try vault.open(row).asObject ?? [:]
    } catch {
      throw HostError(error.code, error.message)
    }
  }

  func credentialRow(_ project: ProjectID, _ name: String) throws(HostError) -> CredentialRow {
    let rows = try reading { transaction throws(StoreError) in
      try transaction.credentialList(project)
    }
    if let row = rows.first(where: { $0.name.rawValue == name }) { return row }
    let near = Suggestion.text(for: name, among: rows.map(\.name.rawValue))
    throw HostError("unknown_credential", "no credential \"\(name)\" in \(project)\(near)")
  }
}
