// SPDX-License-Identifier: Apache-2.0
//
// What a worker is told to do to itself, as a part of its hello.

import Values

/// The confinement of one worker.
struct ConfinementText {
  /// What the worker is for.
  enum Profile: String, Sendable {
    case action
    case transport
    case listener
  }

  let policy: SandboxPolicy
  let profile: Profile
  let allowance: WorkerAllowance
  let maxCalls: Int
  /// 0: the host's own.
  let user: UInt32
  /// What it may read until its plugin is loaded.
  let libraries: [String]

  /// **Shape** `{profile, landlock, seccomp, user, data_bytes, file_bytes, open_files, threads,
  /// niceness, libraries: [path], paths: [{path, write, optional}]}`; a measure that is not in
  /// force is 0, false or empty.
  var value: JSONValue {
    var value: JSONObject = [
      "profile": .text(profile.rawValue),
      "landlock": .integer(policy.holds(.files) ? Int64(policy.offer.landlock) : 0),
      "seccomp": .boolean(policy.holds(.calls)), "user": .integer(Int64(user)),
      "niceness": .integer(Int64(SandboxLimits.niceness)),
      "libraries": .list(policy.holds(.files) ? libraries.map { .text($0) } : []),
      "paths": .list(policy.holds(.files) ? paths : []),
    ]
    guard policy.holds(.limits) else { return .object(value) }
    let threads = SandboxLimits.threads(profile, maxCalls: maxCalls)
    value["data_bytes"] = .integer(Int64(allowance.memory + maxCalls * SandboxLimits.callBytes))
    value["file_bytes"] = .integer(
      Int64(profile == .transport ? SandboxLimits.savedBytes : SandboxLimits.fileBytes))
    value["open_files"] = .integer(
      Int64(profile == .action ? SandboxLimits.actionFiles : SandboxLimits.channelFiles))
    value["threads"] = .integer(Int64(user == 0 ? 0 : threads))
    return .object(value)
  }

  private var paths: [JSONValue] {
    let granted: [JSONValue] = allowance.paths.map {
      ["path": .text($0.path), "write": .boolean($0.mayWrite), "optional": false]
    }
    guard profile == .transport else { return granted }
    return granted + (ResolverFiles.paths + Self.networkFiles).map {
      ["path": .text($0), "write": false, "optional": true]
    }
  }

  /// What the name service switch and TLS read beside them; none of it is secret.
  private static let networkFiles = [
    "/etc/services", "/etc/protocols", "/etc/networks", "/etc/localtime", "/run/systemd/resolve",
    "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/pki/tls", "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates", "/usr/lib/ssl",
  ]
}
