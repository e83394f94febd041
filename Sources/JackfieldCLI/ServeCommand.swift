// SPDX-License-Identifier: Apache-2.0
// serve: the host as a server.
import Glibc
import Jackfield
import Values

/// `jackfield serve`: takes events in until it is told to stop.
enum ServeCommand {
  static let command = Command(
    "serve", "Takes events in and runs connectors until SIGTERM or SIGINT.",
    options: [
      Option("port", "N", help: "the port of the webhooks on 127.0.0.1 (8480); 0: any free one"),
      Option("bind", "ADDRESS", help: "another address to listen on (127.0.0.1)"),
      Option("plugins", "FILE", help: "a plugin-set file in place of the bundled plugins"),
      Option("max-workers", "N", help: "worker processes alive at once (64)"),
      Option("require-sandbox", help: "do not start where workers cannot be confined wholly"),
      Option(
        "worker-uids", "FIRST-LAST", help: "the users of workers under root (60000-60999), or none"),
      Option("grace", "SECONDS", help: "how long calls may still take at the end (10)"),
      Option(
        "without-secrets",
        help: "start although secret.key is missing or another; who needs a credential fails"),
      PermissiveReport.option,
    ], need: .everything
  ) { _ in
    throw CommandError("serve runs already: this is it", .wrong)
  }

  static func run(_ arguments: Arguments, _ console: LocalConsole) throws -> ExitCode {
    // Blocked before any thread starts, so that only the wait below sees them.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)

    let folder = Program.dataFolder(arguments)
    let wantsJSON = arguments.has("json")
    let log = LogQueue(descriptor: STDERR_FILENO)
    defer { log.finish() }
    var options = HostOptions(
      dataFolder: folder, pluginSetFile: arguments["plugins"],
      log: { line in
        if wantsJSON {
          let value: JSONValue = ["log": .text(line)]
          log.add(value.json)
        } else {
          log.add(line)
        }
      })
    if let most = try arguments.integer("max-workers", in: 1...1_000) { options.maxWorkers = most }
    try SandboxOptions.apply(arguments, to: &options)
    options.isPermissive = arguments.has("permissive")
    options.goesWithoutSecrets = arguments.has("without-secrets")
    if options.isPermissive { log.add("jackfield: \(PermissiveReport.warning)") }
    let port = try arguments.integer("port", in: 0...65_535) ?? 8_480
    let grace = try arguments.integer("grace", in: 0...3_600) ?? 10
    let host = try Host(options)
    do {
      try host.listen(address: arguments["bind"] ?? "127.0.0.1", port: UInt16(port))
    } catch {
      host.close(grace: 0)
      throw error
    }
    let control = try ControlServer(path: folder + "/control.sock") { words, files, console in
      Program.serve(words, files, console, host)
    }
    control.start()
    announce(host, folder, console, wantsJSON: wantsJSON)
    var received: Int32 = 0
    sigwait(&signals, &received)
    // A second signal ends at once.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    log.add("jackfield: stopping; calls under way have \(grace) s")
    control.stop()
    host.stopListening()
    if host.isPermissive {
      console.write(
        wantsJSON ? PermissiveReport.value(host).json + "\n" : PermissiveReport.text(host))
    }
    host.close(grace: Double(grace))
    return .succeeded
  }

  private static func announce(
    _ host: Host, _ folder: String, _ console: LocalConsole, wantsJSON: Bool
  ) {
    let enabled = host.catalogue.plugins.count
    let inside = (try? host.pluginsInside()) ?? []
    guard !wantsJSON else {
      let value: JSONValue = [
        "listening": .text(host.address ?? ""), "data": .text(folder),
        "plugins": .integer(Int64(enabled)), "sandbox": .text(host.options.sandbox.summary),
        "inside": .list(
          inside.map {
            ["project": .text($0.project.rawValue), "plugin": .text($0.plugin.rawValue)]
          }),
      ]
      console.line(value.json)
      return
    }
    console.line("jackfield \(Host.version) listening on \(host.address ?? "nothing")")
    console.line("data in \(folder), \(enabled) plugins")
    console.line("sandbox: \(host.options.sandbox.summary)")
    for plugin in inside { console.line(console.alarming("warning: \(plugin.text)")) }
    if let gap = host.options.sandbox.gap { console.line(console.alarming("warning: \(gap)")) }
  }
}
