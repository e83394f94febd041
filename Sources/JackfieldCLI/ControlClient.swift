// SPDX-License-Identifier: Apache-2.0
// A command typed beside a running host: handed over, and its words shown here.
import Glibc
import Values

/// Sends one command line to the host that owns a data folder.
enum ControlClient {
  /// Runs the command there.
  ///
  /// - Returns: the exit code, or nil when nobody listens at `path`.
  static func run(
    path: String, words: [String], files: [String: [UInt8]], console: LocalConsole
  ) -> Int32? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0, var address = sockaddr_un(path: path) else { return nil }
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else {
      close(descriptor)
      return nil
    }
    let channel = ControlChannel(descriptor: descriptor)
    let request: JSONValue = [
      "args": .list(words.map { .text($0) }), "terminal": .boolean(console.isTerminal),
      "folder": .text(console.folder),
    ]
    channel.send(.request, request.jsonBytes)
    for (name, bytes) in files {
      channel.send(.file, Array(name.utf8) + [0] + bytes)
    }
    channel.send(.go)
    while let frame = channel.receive() {
      switch frame.kind {
      case .output: console.write(frame.text)
      case .error: console.writeError(frame.text)
      case .progress: console.progress(frame.text)
      case .ask:
        let question = try? JSONValue(parsing: frame.payload)
        let answer = console.ask(
          question?["prompt"]?.asText ?? "", isSecret: question?["secret"]?.asBoolean ?? true)
        if let answer { channel.send(.answer, answer) } else { channel.send(.noAnswer) }
      case .exit:
        console.progress("")
        return Int32(frame.payload.first ?? 1)
      default: break
      }
    }
    console.writeError("jackfield: the running host ended before the command did\n")
    return ExitCode.failed.rawValue
  }
}
