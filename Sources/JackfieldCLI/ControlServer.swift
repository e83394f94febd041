// SPDX-License-Identifier: Apache-2.0
// The host's end of DATA/control.sock: commands typed beside a running `serve`.
import CSystem
import Glibc
import Jackfield
import Synchronization
import Values

/// Listens on the control socket and runs each client's command on a thread of its own.
///
/// The socket has mode 0600 and the peer's user id is checked, so whoever can use it can also
/// read the data folder.
final class ControlServer: Sendable {
  /// Runs one command line; the same function a command without a running host uses.
  typealias Execute =
    @Sendable (_ words: [String], _ files: [String: [UInt8]], _ console: RemoteConsole) -> ExitCode

  /// Clients at once; more wait in the backlog of the socket.
  static let clientLimit = 16
  /// What one client may hand over in files.
  static let filesLimit = 16 << 20

  private let listening: Int32
  private let path: String
  private let execute: Execute
  private let clients = Mutex(0)
  private let isStopped = Mutex(false)

  /// - Throws: `CommandError` when the socket cannot be made.
  init(path: String, execute: @escaping Execute) throws(CommandError) {
    self.path = path
    self.execute = execute
    listening = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listening >= 0, var address = sockaddr_un(path: path) else {
      throw CommandError(
        "the path \(path) is too long for a socket (107 bytes): use a shorter data folder")
    }
    unlink(path)
    let mask = umask(0o177)
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listening, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    umask(mask)
    guard bound == 0, listen(listening, 16) == 0 else {
      throw CommandError("cannot listen on \(path): \(String(cString: strerror(errno)))")
    }
  }

  /// Starts to take clients.
  func start() {
    startThread(name: "control") { [self] in
      while true {
        let descriptor = sys_accept(listening)
        if descriptor < 0 {
          if isStopped.withLock({ $0 }) { return }
          // Out of descriptors or memory for now: the socket still listens, so it must be served
          // again, though not by spinning.
          if errno != EINTR && errno != ECONNABORTED { usleep(100_000) }
          continue
        }
        guard ControlServer.peerIsOwner(descriptor) else {
          close(descriptor)
          continue
        }
        let isRoom = clients.withLock { count in
          guard count < Self.clientLimit else { return false }
          count += 1
          return true
        }
        guard isRoom else {
          let channel = ControlChannel(descriptor: descriptor)
          channel.send(.error, "jackfield: too many commands at once, try again\n")
          channel.send(.exit, [UInt8(ExitCode.failed.rawValue)])
          continue
        }
        startThread(name: "command") { [self] in
          serve(ControlChannel(descriptor: descriptor))
          clients.withLock { $0 -= 1 }
        }
      }
    }
  }

  /// Takes no more clients and removes the socket.
  func stop() {
    isStopped.withLock { $0 = true }
    unlink(path)
    shutdown(listening, Int32(SHUT_RDWR))
  }

  private func serve(_ channel: ControlChannel) {
    var words: [String] = []
    var files: [String: [UInt8]] = [:]
    var size = 0
    var isTerminal = false
    var folder = "."
    while let frame = channel.receive() {
      switch frame.kind {
      case .request:
        guard let request = try? JSONValue(parsing: frame.payload) else { return }
        words = request["args"]?.asList?.compactMap(\.asText) ?? []
        isTerminal = request["terminal"]?.asBoolean ?? false
        folder = request["folder"]?.asText ?? "."
      case .file:
        guard let split = frame.payload.firstIndex(of: 0) else { return }
        size += frame.payload.count
        guard size <= Self.filesLimit else { return }
        let name = String(decoding: frame.payload[..<split], as: UTF8.self)
        files[name] = Array(frame.payload[(split + 1)...])
      case .go:
        let console = RemoteConsole(channel: channel, isTerminal: isTerminal, folder: folder)
        let code = execute(words, files, console)
        channel.send(.exit, [UInt8(code.rawValue)])
        return
      default:
        return
      }
    }
  }

  private static func peerIsOwner(_ descriptor: Int32) -> Bool {
    let user = sys_peer_user(descriptor)
    return user == Int64(geteuid()) || user == 0
  }
}

extension sockaddr_un {
  /// The address of a path, or nil when it does not fit.
  init?(path: String) {
    self.init()
    sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: sun_path) else { return nil }
    withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: bytes) }
  }
}
