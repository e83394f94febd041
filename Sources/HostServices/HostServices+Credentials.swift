// SPDX-License-Identifier: Apache-2.0
// Credentials for calls: which one, may it be used, and what of it a plugin may see.
import Pipeline
import PluginHost
import Store
import Values

extension HostServices {
  /// `jf_call_interface.credential`: the fields that are no secrets.
  func credentialGet(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    let name = value["name"]?.asText ?? ""
    let wanted = name.isEmpty ? nil : CredentialName(rawValue: name)
    credentialRow(wanted, for: call) { result in
      switch result {
      case .failure(let failure): reply(.failure(failure))
      case .success(let row):
        var shown = JSONObject()
        for (field, value) in row.shown.asObject ?? [:] { shown[field] = value }
        shown["name"] = .text(row.name.rawValue)
        shown["kind"] = .text(row.kind)
        reply(.success(.object(shown)))
      }
    }
  }

  /// Opens a credential for a request of a call.
  func credential(
    _ name: CredentialName?, for call: OpenCall,
    _ done: @escaping @Sendable (Result<OpenedCredential, ActionFailure>) -> Void
  ) {
    let vault = vault
    credentialRow(name, for: call) { result in
      done(
        result.flatMap { row in
          do throws(ActionFailure) {
            let secrets = try vault.open(row)
            let opened = try OpenedCredential(row: row, secrets: secrets, kinds: call.kinds)
            call.redactions.append(opened.redaction)
            return .success(opened)
          } catch {
            return .failure(error)
          }
        })
    }
  }

  /// The stored row of the credential a call names, or of the only one of a kind its plugin
  /// declares; granted to that plugin.
  private func credentialRow(
    _ name: CredentialName?, for call: OpenCall,
    _ done: @escaping @Sendable (Result<CredentialRow, ActionFailure>) -> Void
  ) {
    let (project, plugin) = (call.order.project, call.order.plugin)
    let kinds = Set(call.plugin.installed.manifest.credentials.map(\.kind))
    if let name, !allows(.credential(name), call) {
      return done(.failure(notGranted(name, call)))
    }
    store.read({ transaction throws(StoreError) in
      try transaction.credentialList(project)
    }) { [self] result in
      guard case .success(let rows) = result else {
        return done(
          .failure(
            ActionFailure(
              .unavailable, code: "store", message: "the store did not answer")))
      }
      let fitting = rows.filter { row in
        if let name { return row.name == name }
        let isGranted = call.plugin.grants.credentials.contains(row.name)
        return (isGranted || record != nil) && kinds.contains(row.kind)
      }
      if name == nil, fitting.count == 1 { _ = allows(.credential(fitting[0].name), call) }
      switch fitting.count {
      case 1: done(.success(fitting[0]))
      case 0:
        // One that would do is there: what is missing is the grant.
        if name == nil, let row = rows.first(where: { kinds.contains($0.kind) }) {
          return done(.failure(notGranted(row.name, call)))
        }
        let what = name.map { "no credential \"\($0)\"" } ?? "no credential of a kind \(plugin) uses"
        done(
          .failure(
            ActionFailure(
              .notFound, code: "credential_not_found",
              message: "\(what) in project \(project): jackfield credential set "
                + "\(name?.rawValue ?? "NAME") --kind \(kinds.sorted().first ?? "KIND") "
                + "--project \(project)")))
      default:
        done(
          .failure(
            ActionFailure(
              .invalidInput, code: "credential_ambiguous",
              message: "several credentials fit: name one of "
                + fitting.map(\.name.rawValue).sorted().joined(separator: ", "))))
      }
    }
  }

  private func notGranted(_ name: CredentialName, _ call: OpenCall) -> ActionFailure {
    let (plugin, project) = (call.order.plugin, call.order.project)
    return ActionFailure(
      .denied, code: "credential_not_granted",
      message: "plugin \(plugin) may not use credential \"\(name)\" in project \(project): "
        + "jackfield plugin enable \(plugin) --project \(project) --credential \(name)")
  }
}

extension OpenCall {
  /// The credential kinds a call's credentials are read by: its plugin's own first, then those of
  /// the other plugins in the order of their ids. `secret` is the host's and is never sent.
  var kinds: [String: CredentialKind] {
    var all: [String: CredentialKind] = [:]
    let others = setup.plugins.values.map(\.installed).sorted { $0.id < $1.id }
    for plugin in [plugin.installed] + others {
      for kind in plugin.manifest.credentials where all[kind.kind] == nil { all[kind.kind] = kind }
    }
    all["secret"] = nil
    return all
  }
}

extension CredentialRow {
  /// The fields that are no secrets.
  package var shown: JSONValue { (try? JSONValue(parsing: fields)) ?? [:] }
}
