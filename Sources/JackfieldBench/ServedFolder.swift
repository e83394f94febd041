// SPDX-License-Identifier: Apache-2.0
// The program `jackfield serve` on a folder of the bench.
import Foundation
import Values

/// A served folder, from the start of the program to its end.
///
/// **Isolation**: one thread.
final class ServedFolder {
  let process: Int32
  /// From before the program was started to the line that names its address. **Unit**: ms.
  let listening: Double
  /// To the first answer on that address. **Unit**: ms.
  let answering: Double
  /// Of the host alone until then, which other programs' work changes less. **Unit**: ms.
  let processorUse: Double

  /// Serves with all bundled plugins and the echo.
  init(_ folder: BenchFolder) throws {
    try folder.write(try Self.set(), to: "serve.json")
    let output = Pipe()
    let began = ContinuousClock.now
    process = try Self.spawn(folder, output: output.fileHandleForWriting.fileDescriptor)
    try output.fileHandleForWriting.close()
    let line = Self.line(output.fileHandleForReading)
    listening = began.duration(to: .now) / .milliseconds(1)
    let address = (try? JSONValue(parsing: line))?["listening"]?.asText
    guard let port = address.flatMap({ URLComponents(string: $0)?.port }) else {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
      throw Self.failure("jackfield serve did not say where it listens: see \(folder("serve.log"))")
    }
    try Self.ask(port)
    answering = began.duration(to: .now) / .milliseconds(1)
    processorUse = ProcessorUse.of(process: process) * 1e3
  }

  func stop() {
    kill(process, SIGTERM)
    waitpid(process, nil, 0)
  }

  /// Whether the listener was built: without it nothing is served.
  static var isPossible: Bool {
    FileManager.default.fileExists(atPath: (PluginFolders.bundled ?? "") + "/listener/listener.so")
  }

  private static func set() throws -> String {
    let bundled = try PluginFolders.names().map { "{\"id\": \"\($0)\"}" }
    let plugins = ["{\"path\": \"plugins/\(EchoPlugin.id)\"}"] + bundled
    return "{\"format\": 1, \"plugins\": [\(plugins.joined(separator: ", "))]}"
  }

  private static func spawn(_ folder: BenchFolder, output: Int32) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(
      &actions, STDERR_FILENO, folder("serve.log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // The bench may run on a thread that blocks signals.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let words = [
      program, "serve", "--json", "--data", folder("data"), "--plugins", folder("serve.json"),
      "--port", "0",
    ]
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let failure = posix_spawn(&process, program, &actions, &attributes, &arguments, environ)
    guard failure == 0 else { throw Self.failure("\(program) cannot be started: \(failure)") }
    return process
  }

  private static func line(_ output: FileHandle) -> [UInt8] {
    var bytes: [UInt8] = []
    while !bytes.contains(10) {
      let more = output.availableData
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  /// One request for what is not there: whatever is answered, somebody serves.
  private static func ask(_ port: Int) throws {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(connection) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(connection, $0, size) }
    }
    let request = Array("GET /in/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)
    var answer = [UInt8](repeating: 0, count: 1_024)
    guard isConnected == 0, write(connection, request, request.count) == request.count,
      read(connection, &answer, answer.count) > 0
    else { throw failure("jackfield serve does not answer on port \(port)") }
  }

  private static let program = EchoPlugin.programFolder + "/jackfield"

  private static func failure(_ reason: String) -> BenchError {
    BenchError(code: "host_failed", reason: reason)
  }
}
