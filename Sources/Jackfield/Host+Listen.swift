// SPDX-License-Identifier: Apache-2.0
// The port webhooks come in by.
import Glibc
import Pipeline
import PluginHost
import Store
import Values

extension Host {
  public static let version = "0.1.0"

  /// Where the host listens, `http://127.0.0.1:8480`; nil before `listen`.
  public var address: String? { runtime?.address }

  /// Binds a port and takes webhooks in through the listener plugin.
  ///
  /// **Throws** `HostError`: `no_listener`, `address_invalid`, `port_in_use`, `listen_failed`.
  ///
  /// - Parameter port: 0 takes any free one; `address` says which.
  public func listen(address: String, port: UInt16) throws(HostError) {
    guard let runtime else {
      throw HostError("documents_only", "this host was opened for documents only: nothing runs")
    }
    guard let plugin = catalogue.offering(interface: "jackfield.listener.http/draft") else {
      let advice =
        options.pluginSetFile.map { "\($0) lists none, add {\"id\": \"listener\"}" }
        ?? "install libmicrohttpd-dev (make deps does) and build again"
      throw HostError("no_listener", "no listener plugin is installed: \(advice)")
    }
    let (descriptor, bound) = try Host.bind(address, port)
    let settings: JSONValue = [
      "max_body_bytes": .integer(16 << 20), "max_header_bytes": .integer(16 << 10),
      "max_connections": 1_024, "idle_timeout_ms": 60_000, "pending_timeout_ms": 35_000,
      "request_timeout_ms": 30_000,
    ]
    let ready = Signal()
    runtime.loop.post {
      let channel = runtime.pool.listener(
        project: "system", plugin: plugin, listening: descriptor,
        listenerSettings: settings.jsonBytes)
      runtime.intake.attach(channel) { ready.give() }
    }
    guard ready.wait(seconds: 10) else {
      throw HostError("listen_failed", "the listener did not start within 10 s: see the log above")
    }
    runtime.setAddress("http://\(address):\(bound)")
    // Their URLs are known only now.
    for project in try projectNames() { try reconfigure(project) }
  }

  /// Takes no more requests; those that came are answered.
  public func stopListening() {
    guard let runtime else { return }
    runtime.loop.post { runtime.intake.detach() }
  }

  /// What the intake needs of a project.
  func intakeTable(of project: ProjectID) throws(HostError) -> IntakeTable {
    let (library, log) = (library, options.log)
    var table = try reading { transaction throws(StoreError) -> IntakeTable in
      var table = IntakeTable()
      for row in try transaction.connectorList(project) where !row.token.isEmpty {
        do throws(StoreError) {
          let connector = try library.connector(row.id, version: row.version, in: transaction)
          table.entries[row.token] = IntakeTable.Entry(row: row, connector: connector)
        } catch {
          guard error.code == .damaged else { throw error }
          // One document that this version no longer reads must not keep the others from running.
          log("connector \(row.name) of \(row.project) is left out: \(error.message)")
        }
      }
      return table
    }
    let rows = try reading { transaction throws(StoreError) in
      try transaction.credentialList(project)
    }
    for row in rows where row.kind == Host.secretKind.kind {
      if let secret = try? vault.open(row)["secret"]?.asText {
        table.secrets[row.name] = [Array(secret.utf8)]
      }
    }
    let held = channelSecrets(table.entries.values.map(\.connector), rows)
    table.secrets.merge(held) { known, _ in known }
    return table
  }

  /// - Returns: the listening descriptor and the port it got.
  private static func bind(
    _ address: String, _ port: UInt16
  ) throws(HostError) -> (descriptor: Int32, port: UInt16) {
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    guard inet_pton(AF_INET, address, &target.sin_addr) == 1 else {
      throw HostError("address_invalid", "--bind takes an IPv4 address, not \"\(address)\"")
    }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
        guard Glibc.bind(descriptor, address, size) == 0, Glibc.listen(descriptor, 512) == 0 else {
          return errno
        }
        return getsockname(descriptor, address, &size) == 0 ? 0 : errno
      }
    }
    guard result == 0 else {
      Glibc.close(descriptor)
      if result == EADDRINUSE {
        throw HostError(
          "port_in_use",
          "port \(port) on \(address) is in use by another program: stop it or serve with --port N")
      }
      throw HostError(
        "listen_failed", "cannot listen on \(address):\(port): \(String(cString: strerror(result)))")
    }
    return (descriptor, UInt16(bigEndian: target.sin_port))
  }
}

extension HostError {
  /// Whether the command or its input was wrong, rather than the host or the world.
  package var isAboutInput: Bool {
    let prefixes = ["unknown_", "bad_", "missing_", "plugin_set", "plugin_twice"]
    let codes = [
      "which_project", "no_hosts", "too_long", "ambiguous_action", "address_invalid",
    ]
    return prefixes.contains { code.hasPrefix($0) } || codes.contains(code)
  }
}
