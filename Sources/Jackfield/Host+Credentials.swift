// SPDX-License-Identifier: Apache-2.0
// Credentials: set, listed, removed. Their secrets go in and never come out.
import Calendar
import HostServices
import Pipeline
import Store
import Synchronization
import Values

/// A field that setting a credential asks for.
public struct CredentialQuestion: Sendable {
  public let field: String
  public let title: String
  public let isSecret: Bool
  public let isRequired: Bool
  public let defaultText: String?
}

extension Host {
  /// Secrets that verify what comes in, such as a webhook's; no plugin declares it, and no
  /// request can carry it out.
  package static let secretKind: CredentialKind = {
    var kind = CredentialKind(kind: "secret")
    var field = CredentialField(name: "secret")
    field.title = "Secret"
    field.isSecret = true
    kind.fields = [field]
    return kind
  }()

  /// Every kind of credential this host knows, by name.
  package var credentialKinds: [String: CredentialKind] {
    var kinds = [Host.secretKind.kind: Host.secretKind]
    for plugin in catalogue.byPrecedence + catalogue.allBuilds {
      // The first has it; a second one, or one that takes the host's own, is unusable.
      for kind in plugin.manifest.credentials where kinds[kind.kind] == nil {
        kinds[kind.kind] = kind
      }
    }
    return kinds
  }

  /// What has to be known to set a credential of a kind.
  ///
  /// - Throws: `HostError`, code `unknown_credential_kind`.
  public func credentialQuestions(kind: String) throws(HostError) -> [CredentialQuestion] {
    try credentialKind(kind).fields.map { field in
      CredentialQuestion(
        field: field.name, title: field.title ?? field.name, isSecret: field.isSecret,
        isRequired: field.isRequired && field.defaultValue == nil,
        defaultText: field.defaultValue.map { $0.asText ?? $0.json })
    }
  }

  /// Stores a credential, replacing one of the same name.
  ///
  /// - Parameters:
  ///   - fields: texts by field; an absent optional one is left out.
  ///   - hosts: where it may be sent, for kinds that leave that to the operator.
  /// - Throws: `HostError`: unknown kind or field, a missing one, a value that does not fit.
  public func setCredential(
    project: String, name: String, kind: String, fields: [String: String], hosts: [String]
  ) throws(HostError) {
    try change { () throws(HostError) -> Void in
      let project = try self.project(named: project)
      let declared = try credentialKind(kind)
      guard DocumentName.isValid(name) else {
        throw HostError(
          "bad_name", "a credential is named like \"smtp_main\": a-z, 0-9 and _, not \"\(name)\"")
      }
      for field in fields.keys where !declared.fields.contains(where: { $0.name == field }) {
        let near = Suggestion.text(for: field, among: declared.fields.map(\.name))
        throw HostError("unknown_field", "kind \(kind) has no field \"\(field)\"\(near)")
      }
      var shown = JSONObject()
      var secrets = JSONObject()
      for field in declared.fields {
        guard let text = fields[field.name], !text.isEmpty else {
          if field.isRequired && field.defaultValue == nil {
            throw HostError("missing_field", "kind \(kind) needs the field \"\(field.name)\"")
          }
          continue
        }
        let value = try Host.value(of: text, for: field)
        if field.isSecret { secrets[field.name] = value } else { shown[field.name] = value }
      }
      if !hosts.isEmpty { shown["hosts"] = .list(hosts.map { .text($0) }) }
      if declared.sendAs != nil, !(declared.sendAs == .mail), declared.hosts.isEmpty, hosts.isEmpty {
        throw HostError(
          "no_hosts", "kind \(kind) is bound to no host of its own: say where it may be sent with "
            + "--host api.example.com")
      }
      try keep(CredentialName(rawValue: name), declared, shown, secrets, in: project)
    }
  }

  /// Seals a credential and stores it, in place of one of the same name.
  func keep(
    _ name: CredentialName, _ kind: CredentialKind, _ shown: JSONObject, _ secrets: JSONObject,
    in project: ProjectID
  ) throws(HostError) {
    try refuseShort(kind, shown, secrets)
    let sealed: (bytes: [UInt8], keyID: String)
    do throws(ActionFailure) {
      sealed = try vault.seal(.object(secrets), project: project, name: name)
    } catch {
      throw HostError(error.code, error.message)
    }
    let row = CredentialRow(
      project: project, name: name, kind: kind.kind, fields: JSONValue.object(shown).json,
      sealed: sealed.bytes, keyID: sealed.keyID, updatedAt: Host.now())
    try writing { transaction throws(StoreError) in try transaction.credentialPut(row) }
    try reconfigure(project)
  }

  private func refuseShort(
    _ kind: CredentialKind, _ shown: JSONObject, _ secrets: JSONObject
  ) throws(HostError) {
    guard CredentialKind.isShort(secrets.map { $0.value.asText ?? $0.value.json }) else { return }
    let named = shown["hosts"]?.asList?.compactMap(\.asText) ?? []
    guard kind.isBoundInTheClear(fields: .object(shown), named: named) else { return }
    throw HostError(
      "secret_too_short",
      "a secret of less than 8 bytes is not sent without encryption, and this one is bound to a host "
        + "that is spoken to in the clear: use a longer one, or https (a --host without a port)")
  }

  /// The project's credentials without their secrets.
  public func credentials(project: String) throws(HostError) -> [JSONValue] {
    let project = try self.project(named: project)
    let rows = try reading { transaction throws(StoreError) in
      try transaction.credentialList(project)
    }
    return rows.map { row in
      [
        "name": .text(row.name.rawValue), "kind": .text(row.kind),
        "fields": (try? JSONValue(parsing: row.fields)) ?? [:],
        "updated_at": .text(Moment(milliseconds: row.updatedAt).iso),
      ]
    }
  }

  /// Sends the test request that a credential's kind declares.
  ///
  /// - Returns: nil for a kind without one, and in a host that runs nothing.
  /// - Throws: `HostError`, codes `unknown_credential`, `host_busy`.
  package func testCredential(
    project name: String, name credential: String
  ) throws(HostError) -> CredentialTest? {
    let project = try self.project(named: name)
    let row = try credentialRow(project, credential)
    guard let runtime, let kind = credentialKinds[row.kind], kind.test != nil else { return nil }
    let setup = try setup(of: project).0
    let answered = Signal()
    let answer = Mutex<CredentialTest?>(nil)
    runtime.loop.post {
      runtime.services.test(row, of: kind, in: setup) { test in
        answer.withLock { $0 = test }
        answered.give()
      }
    }
    guard answered.wait(seconds: 20) else {
      throw HostError(
        "host_busy", "the test of credential \"\(credential)\" did not end within 20 s")
    }
    return answer.withLock { $0 }
  }

  /// Forgets a credential.
  ///
  /// - Throws: `HostError`, code `unknown_credential`.
  public func removeCredential(project: String, name: String) throws(HostError) {
    try change { () throws(HostError) -> Void in
      let project = try self.project(named: project)
      let credential = CredentialName(rawValue: name)
      let wasThere = try writing { transaction throws(StoreError) in
        try transaction.credentialRemove(project, credential)
      }
      guard wasThere else {
        let known = try credentials(project: project.rawValue).compactMap { $0["name"]?.asText }
        let near = Suggestion.text(for: name, among: known)
        throw HostError("unknown_credential", "no credential \"\(name)\" in \(project)\(near)")
      }
      // A grant is for this credential, not for whatever gets its name later.
      for (plugin, state) in try pluginStates(project) {
        var grants = PluginGrants(value: Host.json(state.grants))
        guard grants.credentials.remove(credential) != nil else { continue }
        var changed = state
        changed.grants = grants.value.json
        let stored = changed
        try writing { transaction throws(StoreError) in
          try transaction.pluginStatePut(project, plugin, stored)
        }
      }
      try reconfigure(project)
    }
  }

  func credentialKind(_ name: String) throws(HostError) -> CredentialKind {
    let kinds = credentialKinds
    guard let kind = kinds[name] else {
      let near = Suggestion.text(for: name, among: Array(kinds.keys))
      throw HostError("unknown_credential_kind", "no plugin declares the kind \"\(name)\"\(near)")
    }
    return kind
  }

  static func value(
    of text: String, for field: CredentialField
  ) throws(HostError) -> JSONValue {
    guard text.utf8.count <= HostServicesLimits.credentialBytes else {
      throw HostError("too_long", "the field \"\(field.name)\" is over 16 KiB")
    }
    if !field.options.isEmpty, !field.options.contains(text) {
      throw HostError(
        "bad_value", "\(field.name) is one of \(field.options.joined(separator: ", ")), "
          + (field.isSecret ? "not what was given" : "not \"\(text)\""))
    }
    switch field.type {
    case .text: return .text(text)
    case .integer:
      guard let number = Int64(text) else {
        throw HostError("bad_value", "\(field.name) is a whole number")
      }
      return .integer(number)
    case .boolean:
      guard let truth = ["true": true, "false": false, "yes": true, "no": false][text] else {
        throw HostError("bad_value", "\(field.name) is true or false")
      }
      return .boolean(truth)
    case .url:
      guard HostPattern.authority(of: text) != nil else {
        throw HostError("bad_value", "\(field.name) is a URL like https://api.example.com")
      }
      return .text(text)
    }
  }
}
