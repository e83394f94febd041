// SPDX-License-Identifier: Apache-2.0
// What `plugin enable` asks a person for, in order, and the test at the end.
import HostServices
import Jackfield
import Pipeline
import PluginHost
import Values

/// The questions about one plugin in one project.
struct PluginQuestions {
  let id: String
  let project: String
  let context: CommandContext

  private var host: Host { context.theHost }

  private func summary() throws -> PluginSummary {
    try host.pluginSummary(id, project: project)
  }

  /// Asks for what is missing: the grants that need a yes, hosts where it has none, a credential of
  /// each kind where it has none. Ends with the test of each credential the plugin may use.
  func run() throws -> ExitCode {
    try askForGrants()
    let before = try summary()
    if before.grants.hosts.isEmpty && before.manifest.grants.hosts.contains("*") {
      try askForHosts()
    }
    if before.grants.credentials.isEmpty {
      for kind in before.manifest.credentials { try askForCredential(kind.kind) }
    }
    return try test()
  }

  private func grant(_ grants: [Grant]) throws {
    var wish = EnableWish()
    wish.add = grants
    _ = try host.enablePlugin(id, project: project, wish)
  }

  private func ask(_ question: String) -> String {
    context.console.ask(question + ": ", isSecret: false)?.trimmed ?? ""
  }

  private func askForGrants() throws {
    for missing in try summary().missing where isYes(ask("grant \(missing.text)? [y/N]")) {
      try grant([missing])
    }
  }

  private func isYes(_ answer: String) -> Bool { ["y", "yes"].contains(answer.lowercased()) }

  private func askForHosts() throws {
    while true {
      let known = try summary().grants.hosts
      let which = known.isEmpty ? "a host it may talk to" : "another host it may talk to"
      let answer = ask("\(which) (host or host:port, empty for no more)")
      if answer.isEmpty { return }
      guard HostPattern.isValid(answer) else {
        context.console.line("\"\(answer)\" is no host: write api.example, or api.example:8443")
        continue
      }
      try grant([.host(answer)])
    }
  }

  private func credentials(of kind: String) throws -> [String] {
    try host.credentials(project: project).filter { $0["kind"]?.asText == kind }
      .compactMap { $0["name"]?.asText }
  }

  /// One of the project's, or a new one whose fields are asked for.
  private func askForCredential(_ kind: String) throws {
    let known = try credentials(of: kind)
    let choice = known.isEmpty ? "the name of a new one" : known.joined(separator: ", ")
      + ", or the name of a new one"
    let name = ask("a credential of kind \(kind) (\(choice), empty for none)")
    guard !name.isEmpty else { return }
    if !known.contains(name) {
      guard DocumentName.isValid(name) else {
        throw CommandError(
          "a credential is named like \"smtp_main\": a-z, 0-9 and _, not \"\(name)\"", .wrong)
      }
      var fields: [String: String] = [:]
      try CredentialCommands.ask(kind, &fields, context)
      try host.setCredential(
        project: project, name: name, kind: kind, fields: fields, hosts: bindings(of: kind))
    }
    try grant([.credential(CredentialName(rawValue: name))])
    context.console.line("\(id) may use \(name)")
  }

  /// Where a credential may be sent, for the kinds that leave that to the operator.
  private func bindings(of kind: String) throws -> [String] {
    let declared = try summary().manifest.credentials.first { $0.kind == kind }
    guard let declared, declared.hosts.isEmpty, declared.sendAs != nil, declared.sendAs != .mail
    else { return [] }
    let answer = ask("where it may be sent (host or host:port)")
    return answer.isEmpty ? [] : [answer]
  }

  /// Tries every credential that is granted and whose kind says how.
  private func test() throws -> ExitCode {
    var isWell = true
    for name in try summary().grants.credentials.map(\.rawValue).sorted() {
      guard let test = try host.testCredential(project: project, name: name) else {
        context.console.line("test of \(name): its kind declares none")
        continue
      }
      context.console.line("test of \(name): \(test.text)")
      isWell = isWell && test.isOK
    }
    return isWell ? .succeeded : .failed
  }
}

extension String {
  /// Without spaces around it.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
  }
}
