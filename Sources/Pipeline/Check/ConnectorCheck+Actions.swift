// SPDX-License-Identifier: Apache-2.0
// Checking an action: its plugin, its parameters, its credential, its policy.

import Values

extension ConnectorCheck {
  func checkAction(_ site: ActionSite) {
    let action = site.action
    guard let manifest = manifest(of: action, at: site.path.appending("use")) else { return }
    let policy = PolicyResolution(
      component: action, project: context.policies[action.use.plugin], manifest: manifest)
    if let asked = policy.cutTimeout, policy.timeout.origin == .action {
      warning(
        "clamped",
        "\"timeout\" is \(DurationText.text(asked)), at most "
          + "\(DurationText.text(policy.timeoutMax.value)) are given: lower it, or raise "
          + "\"timeout_max\" in the project's policy of \(action.use.plugin)",
        at: site.path.appending("timeout"))
    }
    let with = site.path.appending("with")
    ParameterCheck(action: action.use, schema: manifest.parameters, findings: findings)
      .run(connector.document.value(at: with) ?? [:], at: with)
    checkCredential(of: action, at: with.appending("credential"))
    checkHost(of: action, at: with.appending("url"))
    checkChannels(of: manifest, at: with)
  }

  /// A channel that is named literally has to be one of the project's.
  private func checkChannels(of manifest: ActionManifest, at path: DocumentPath) {
    for name in manifest.parameters.propertyNames
    where manifest.parameters.property(named: name)?.reference == "channel" {
      let place = path.appending(name)
      guard let text = connector.document.value(at: place)?.asText, !text.isEmpty,
        !contains(text, "{{")
      else { continue }
      checkChannel(text, at: place)
    }
  }

  /// Warns of credentials that the plugins used here were granted and that are not set: mostly a
  /// channel names them, so that no parameter shows that they are missing.
  func checkGrantedCredentials() {
    var seen: Set<PluginID> = []
    for site in connector.actionSites where seen.insert(site.action.use.plugin).inserted {
      let plugin = site.action.use.plugin
      guard context.enabledPlugins.contains(plugin), let grants = context.grants[plugin] else {
        continue
      }
      for name in grants.credentials where !context.credentials.contains(name) {
        warning(
          "missing_credential",
          "the plugin \"\(plugin)\" was granted the credential \"\(name)\", which is not set: type "
            + "`jackfield credential set \(name) --kind KIND --project \(context.project)`",
          at: site.path.appending("use"))
      }
    }
  }

  private func manifest(of action: ActionComponent, at path: DocumentPath) -> ActionManifest? {
    let plugin = action.use.plugin
    guard context.knownPlugins.contains(plugin) else {
      let known = context.knownPlugins.map(\.rawValue)
      error(
        "unknown_plugin",
        "there is no plugin \"\(plugin)\""
          + Suggestion.text(for: plugin.rawValue, among: known, listUpTo: 20),
        at: path, nearest: Suggestion.nearest(to: plugin.rawValue, among: known))
      return nil
    }
    guard let manifest = context.actions[action.use] else {
      let known = context.actions.keys.filter { $0.plugin == plugin }.map(\.rawValue)
      unknown("unknown_action", "action", action.use.rawValue, among: known, at: path)
      return nil
    }
    if !context.enabledPlugins.contains(plugin) {
      error(
        "plugin_not_enabled",
        "the plugin \"\(plugin)\" is not enabled for the project \(context.project): type "
          + "`jackfield plugin enable \(plugin) --project \(context.project)`",
        at: path)
    }
    return manifest
  }

  /// A credential that is named literally has to exist and to be granted to the plugin.
  private func checkCredential(of action: ActionComponent, at path: DocumentPath) {
    guard let text = connector.document.value(at: path)?.asText, !text.isEmpty else { return }
    guard !contains(text, "{{") else {
      error("template_not_allowed", "\"credential\" is a name: it cannot be a template", at: path)
      return
    }
    let name = CredentialName(text)
    guard context.credentials.contains(name) else {
      missingCredential(name, at: path)
      return
    }
    let plugin = action.use.plugin
    if let grants = context.grants[plugin], !grants.credentials.contains(name) {
      error(
        "not_granted",
        "the credential \"\(name)\" is not granted to the plugin \"\(plugin)\": add it to "
          + "plugins.\(plugin).grants.credentials of the project \(context.project)",
        at: path)
    }
  }

  /// Warns of a URL whose host is written out and not granted: the call would be refused.
  private func checkHost(of action: ActionComponent, at path: DocumentPath) {
    let plugin = action.use.plugin
    guard let text = connector.document.value(at: path)?.asText, let host = literalHost(of: text),
      let grants = context.grants[plugin], !grants.hosts.contains(where: { covers($0, host) })
    else { return }
    warning(
      "not_granted",
      "the host \"\(host)\" is not granted to the plugin \"\(plugin)\": add it to "
        + "plugins.\(plugin).grants.hosts of the project \(context.project)",
      at: path)
  }

  /// The host of a URL, when no template has a part in it.
  private func literalHost(of url: String) -> String? {
    guard let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) }) else {
      return nil
    }
    let rest = url.dropFirst(scheme.count)
    let host = rest.prefix { !"/?#".contains($0) }
    let isWhole = host.endIndex < rest.endIndex || !contains(url, "{{")
    guard isWhole, !host.contains("{"), !host.contains("@"), !host.isEmpty else { return nil }
    return host.lowercased()
  }

  private func covers(_ pattern: String, _ host: String) -> Bool {
    let bare = String(host.prefix { $0 != ":" })
    if pattern == "*" || pattern == host || pattern == bare { return true }
    return pattern.hasPrefix("*.") && bare.hasSuffix(pattern.dropFirst())
  }
}
