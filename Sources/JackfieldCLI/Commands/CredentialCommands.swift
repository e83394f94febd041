// SPDX-License-Identifier: Apache-2.0
// credential set | list | test | rotate | rotate-key | remove
import Jackfield
import Values

/// Commands about credentials. A secret comes from a prompt or from standard input, a line each
/// in the order the kind lists them, never from an argument that `ps` would show.
enum CredentialCommands {
  static let all = [
    Command(
      "credential set", "Stores a credential; secrets are asked for, or read from standard input.",
      operands: ["NAME"],
      options: [
        Option("kind", "KIND", help: "what it is for: see jackfield plugin show, or \"secret\""),
        Option("field", "NAME=VALUE", repeats: true, help: "a field that is no secret"),
        Option("host", "HOST", repeats: true, help: "where it may be sent (host or host:port)"),
      ]
    ) { context in try set(context) },
    Command("credential list", "Lists the project's credentials, without their secrets.") {
      context in
      let list = try context.theHost.credentials(project: context.project())
      if context.wantsJSON {
        context.console.line(JSONValue.list(list).json)
        return .succeeded
      }
      if list.isEmpty { context.console.line("no credentials: jackfield credential set NAME --kind KIND") }
      for credential in list {
        context.console.line(
          (credential["name"]?.asText ?? "").padded(to: 24)
            + (credential["kind"]?.asText ?? "").padded(to: 20)
            + (credential["fields"]?.json ?? ""))
      }
      return .succeeded
    },
    Command(
      "credential test", "Sends the test request of a credential's kind.", operands: ["NAME"],
      need: .everything
    ) { context in try test(context) },
    Command(
      "credential rotate", "Puts a new secret in a credential; the old one holds until it is stored.",
      operands: ["NAME"]
    ) { context in try rotate(context) },
    Command("credential rotate-key", "Seals all credentials of the data folder with a new key.") {
      context in
      let rotation = try context.theHost.rotateKey()
      if context.wantsJSON {
        let value: JSONValue = [
          "former_key": .text(rotation.formerKeyID), "key": .text(rotation.keyID),
          "credentials": .integer(Int64(rotation.credentials)),
        ]
        context.console.line(value.json)
      } else {
        context.console.line(
          "\(rotation.credentials) credentials are sealed with key \(rotation.keyID) now; save "
            + "secret.key anew, key \(rotation.formerKeyID) still opens the backups made before")
      }
      return .succeeded
    },
    Command("credential remove", "Forgets a credential.", operands: ["NAME"]) { context in
      let name = context.arguments.operands[0]
      try context.theHost.removeCredential(project: context.project(), name: name)
      context.console.line("removed \(name)")
      return .succeeded
    },
  ]

  private static func set(_ context: CommandContext) throws -> ExitCode {
    let name = context.arguments.operands[0]
    guard let kind = context.arguments["kind"] else {
      let kinds = context.theHost.credentialKinds.keys.sorted().joined(separator: ", ")
      throw UsageError("credential set takes --kind KIND: kinds are \(kinds)")
    }
    var fields: [String: String] = [:]
    for pair in context.arguments.all("field") {
      guard let equals = pair.firstIndex(of: "=") else {
        throw UsageError("--field takes NAME=VALUE, not \"\(pair)\"")
      }
      fields[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
    try ask(kind, &fields, context)
    try context.theHost.setCredential(
      project: context.project(), name: name, kind: kind, fields: fields,
      hosts: context.arguments.all("host"))
    context.console.line("stored \(name) (\(kind))")
    return .succeeded
  }
}

extension CredentialCommands {
  /// Asks for the fields of a kind that are not there yet.
  static func ask(
    _ kind: String, _ fields: inout [String: String], _ context: CommandContext
  ) throws {
    for question in try context.theHost.credentialQuestions(kind: kind) {
      if question.isSecret, fields[question.field] != nil {
        throw UsageError(
          "\(question.field) is a secret: leave --field \(question.field) away and type it when "
            + "asked, or send it through standard input")
      }
      guard fields[question.field] == nil else { continue }
      // Without a person only secrets are read: the rest has its place on the command line.
      guard question.isSecret || (context.console.isTerminal && question.isRequired) else { continue }
      let hint = question.isRequired ? "" : " (optional)"
      if let answer = context.console.ask("\(question.title)\(hint): ", isSecret: question.isSecret) {
        fields[question.field] = answer
      }
    }
  }

  /// Asks for each secret of a credential anew; an empty answer keeps it.
  private static func rotate(_ context: CommandContext) throws -> ExitCode {
    let name = context.arguments.operands[0]
    let project = try context.project()
    var secrets: [String: String] = [:]
    let questions = try context.theHost.rotationQuestions(project: project, name: name)
    for question in questions {
      let hint = questions.count > 1 ? " (empty: as it was)" : ""
      secrets[question.field] = context.console.ask(
        "New \(question.title)\(hint): ", isSecret: true)
    }
    try context.theHost.rotateCredential(project: project, name: name, secrets: secrets)
    context.console.line("stored \(name) with its new secret")
    return .succeeded
  }

  /// Sends the test request and says what came of it.
  private static func test(_ context: CommandContext) throws -> ExitCode {
    let name = context.arguments.operands[0]
    let project = try context.project()
    guard let test = try context.theHost.testCredential(project: project, name: name) else {
      throw CommandError("the kind of credential \"\(name)\" declares no test: use it once to see")
    }
    if context.wantsJSON {
      let value: JSONValue = ["ok": .boolean(test.isOK), "message": .text(test.text)]
      context.console.line(value.json)
    } else {
      context.console.line("\(name): \(test.text)")
    }
    return test.isOK ? .succeeded : .failed
  }
}

extension CommandContext {
  /// The project the command is about: the one named, the only one, or `default`.
  func project() throws -> String {
    try theHost.defaultProject(named: arguments["project"])
  }
}
