// SPDX-License-Identifier: Apache-2.0
// One grant: what is asked, given, missing or taken back.
import Pipeline
import Values

/// One thing a plugin may do in a project.
package enum Grant: Sendable, Hashable {
  case host(String)
  case credential(CredentialName)
  case read(String)
  case write(String)
  /// Start, cancel and stop runs.
  case runs
  case path(PathGrant)
  /// **Unit** bytes.
  case memory(Int64)
  /// The ceiling of one call.
  case time(Duration)
  /// Calls at a time.
  case concurrency(Int)

  /// In words: `host api.acme.example`.
  package var text: String {
    switch self {
    case .host(let pattern): "host \(pattern)"
    case .credential(let name): "credential \(name)"
    case .read(let collection): "to read \(collection)"
    case .write(let collection): "to write \(collection)"
    case .runs: "to start, cancel and stop runs"
    case .path(let path): "to \(path.mayWrite ? "read and write" : "read") \(path.path)"
    case .memory(let bytes): "\(ByteSizeText.text(bytes)) of memory"
    case .time(let time): "\(DurationText.text(time)) for a call"
    case .concurrency(let calls): "\(calls) calls at a time"
    }
  }

  /// The option of `plugin enable` that grants it.
  package var option: String {
    switch self {
    case .host(let pattern): "--host \(pattern)"
    case .credential(let name): "--credential \(name)"
    case .read(let collection): "--read \(collection)"
    case .write(let collection): "--write \(collection)"
    case .runs: "--runs"
    case .path(let path): "--path \(path.path)\(path.mayWrite ? ":rw" : "")"
    case .memory(let bytes): "--memory \"\(ByteSizeText.text(bytes))\""
    case .time(let time): "--time \"\(DurationText.text(time))\""
    case .concurrency(let calls): "--concurrency \(calls)"
    }
  }
}

extension GrantRequest {
  /// What a manifest asks for that can be said of one host: `*` and `{field}` are the operator's
  /// to fill in.
  package var named: [Grant] {
    var all: [Grant] = hosts.filter { $0 != "*" && !$0.contains("{") }.map { .host($0) }
    all += readCollections.map { .read($0) } + writeCollections.map { .write($0) }
    if runs { all.append(.runs) }
    all += resources.paths.map { .path($0) }
    if let bytes = resources.memoryBytes { all.append(.memory(bytes)) }
    if let time = resources.time { all.append(.time(time)) }
    if let calls = resources.concurrency { all.append(.concurrency(calls)) }
    return all
  }
}

extension PluginGrants {
  /// Whether a grant is given, by itself or as a part of a wider one.
  package func has(_ grant: Grant) -> Bool {
    switch grant {
    case .host(let pattern):
      let (name, port) = HostPattern.split(pattern)
      return hosts.contains {
        $0 == pattern || HostPattern.covers($0, host: name, port: port ?? HostPattern.everyPort)
      }
    case .credential(let name): return credentials.contains(name)
    case .read(let name): return readCollections.contains(name) || writeCollections.contains(name)
    case .write(let name): return writeCollections.contains(name)
    case .runs: return runs
    case .path(let path): return paths.contains { $0.covers(path) }
    case .memory(let bytes): return bytes <= Int64(allowance.memory)
    case .time(let time): return time <= (resources.time ?? PolicyHost.timeoutMax)
    case .concurrency(let calls): return calls <= resources.concurrency ?? .max
    }
  }

  /// Gives a grant. Of memory, time and calls at once there is one figure, which it sets.
  package mutating func add(_ grant: Grant) {
    switch grant {
    case .host(let pattern): if !hosts.contains(pattern) { hosts.append(pattern) }
    case .credential(let name): credentials.insert(name)
    case .read(let name): readCollections.insert(name)
    case .write(let name): writeCollections.insert(name)
    case .runs: runs = true
    case .path(let path):
      resources.paths.removeAll { $0.path == path.path }
      resources.paths.append(path)
    case .memory(let bytes): resources.memoryBytes = bytes
    case .time(let time): resources.time = time
    case .concurrency(let calls): resources.concurrency = calls
    }
  }

  /// Takes a grant back.
  ///
  /// - Returns: whether it had been given.
  package mutating func remove(_ grant: Grant) -> Bool {
    let before = self
    switch grant {
    case .host(let pattern): hosts.removeAll { $0 == pattern }
    case .credential(let name): credentials.remove(name)
    case .read(let name): readCollections.remove(name)
    case .write(let name): writeCollections.remove(name)
    case .runs: runs = false
    case .path(let path): resources.paths.removeAll { $0.path == path.path }
    case .memory: resources.memoryBytes = nil
    case .time: resources.time = nil
    case .concurrency: resources.concurrency = nil
    }
    return self != before
  }

  /// What a manifest asks for by name that is not given.
  package func missing(of asked: GrantRequest) -> [Grant] { asked.named.filter { !has($0) } }
}
