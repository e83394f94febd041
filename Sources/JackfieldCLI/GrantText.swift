// SPDX-License-Identifier: Apache-2.0
// Grants as the command line shows and takes them.
import HostServices
import Pipeline
import Values

/// The words of grants: a table for people, options from people.
enum GrantText {
  /// What is granted, a line for each kind of grant.
  static func table(_ grants: PluginGrants) -> String {
    func line(_ name: String, _ items: [String]) -> String {
      "  " + name.padded(to: 14) + (items.isEmpty ? "none" : items.joined(separator: ", ")) + "\n"
    }
    let resources = grants.resources
    let memory = ByteSizeText.text(Int64(grants.allowance.memory))
    return line("hosts", grants.hosts)
      + line("credentials", grants.credentials.map(\.rawValue).sorted())
      + line("reads", grants.readCollections.sorted())
      + line("writes", grants.writeCollections.sorted())
      + line("runs", grants.runs ? ["starts, cancels and stops them"] : [])
      + line("paths", grants.paths.map { $0.path + ($0.mayWrite ? " (read, write)" : " (read)") })
      + line("memory", [memory])
      + line("time", [DurationText.text(resources.time ?? PolicyHost.timeoutMax) + " for a call"])
      + line("at once", [resources.concurrency.map { "\($0) calls" } ?? "as many as there are"])
  }

  /// The options of `plugin enable` that grant something.
  static let options = [
    Option("host", "HOST", repeats: true, help: "a host it may talk to (host or host:port)"),
    Option("credential", "NAME", repeats: true, help: "a credential it may use"),
    Option("read", "COLLECTION", repeats: true, help: "records it may read"),
    Option("write", "COLLECTION", repeats: true, help: "records it may read and write"),
    Option("path", "PATH[:rw]", repeats: true, help: "a file or folder it may read, or write too"),
    Option("runs", help: "let it start, cancel and stop runs"),
    Option("memory", "SIZE", help: "memory of one worker (\"256 MiB\")"),
    Option("time", "TIME", help: "the ceiling of one call (\"60 s\")"),
    Option("concurrency", "N", help: "calls at a time"),
    Option(
      "without", "KIND[=VALUE]", repeats: true,
      help: "take a grant back: host=HOST, credential=NAME, runs, memory …"),
  ]

  static func wish(_ arguments: Arguments) throws(UsageError) -> EnableParts {
    var parts = EnableParts()
    for kind in ["host", "credential", "read", "write", "path", "memory", "time", "concurrency"] {
      for value in arguments.all(kind) { parts.add.append(try grant(kind, value)) }
    }
    if arguments.has("runs") { parts.add.append(.runs) }
    for text in arguments.all("without") { parts.takeBack.append(try takenBack(text)) }
    return parts
  }

  /// What the options of one command line add and take back.
  struct EnableParts {
    var add: [Grant] = []
    var takeBack: [Grant] = []
  }

  // MARK: private parts

  private static func grant(_ kind: String, _ value: String) throws(UsageError) -> Grant {
    let wrong = { (wanted: String) in UsageError("--\(kind) takes \(wanted), not \"\(value)\"") }
    switch kind {
    case "host":
      guard HostPattern.isValid(value) else {
        throw wrong("a host name in lower case without scheme and path, as api.example")
      }
      return .host(value)
    case "credential": return .credential(CredentialName(rawValue: value))
    case "read": return .read(value)
    case "write": return .write(value)
    case "path":
      let mayWrite = value.hasSuffix(":rw")
      let path = mayWrite ? String(value.dropLast(3)) : value
      guard let grant = PathGrant(path: path, mayWrite: mayWrite) else {
        throw wrong("an absolute path without \"..\", as /srv/reports or /srv/reports:rw")
      }
      return .path(grant)
    case "memory":
      guard let bytes = try? ByteSizeText.parse(value), ResourceGrants.memoryRange.contains(bytes)
      else { throw wrong("a size from 1 MiB to 64 GiB, as \"256 MiB\"") }
      return .memory(bytes)
    case "time":
      guard let time = try? DurationText.parse(value), time >= .milliseconds(1) else {
        throw wrong("a duration, as \"90 s\"")
      }
      return .time(time)
    default:
      guard let calls = Int64(value), ResourceGrants.concurrencyRange.contains(calls) else {
        throw wrong("a number from 1 to 10000")
      }
      return .concurrency(Int(calls))
    }
  }

  /// `host=api.example`; what there is one of needs no value.
  private static func takenBack(_ text: String) throws(UsageError) -> Grant {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    let named = ["host", "credential", "read", "write", "path"]
    switch (parts.first ?? "", parts.count) {
    case ("runs", 1): return .runs
    case ("memory", 1): return .memory(0)
    case ("time", 1): return .time(.zero)
    case ("concurrency", 1): return .concurrency(0)
    case (let kind, 2) where named.contains(kind): return try grant(kind, parts[1])
    default:
      throw UsageError(
        "--without takes " + named.map { "\($0)=VALUE" }.joined(separator: ", ")
          + ", runs, memory, time or concurrency, not \"\(text)\"")
    }
  }
}
