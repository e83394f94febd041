// SPDX-License-Identifier: Apache-2.0
// The console of this process.
import Glibc

/// Standard input, output and error of this process.
final class LocalConsole: Console {
  let isTerminal: Bool
  private var hasProgress = false

  init() {
    isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
  }

  let isGone = false

  var folder: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard getcwd(&buffer, buffer.count) != nil else { return "." }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  func write(_ text: String) {
    progress("")
    writeAll(STDOUT_FILENO, text)
  }

  func writeError(_ text: String) {
    progress("")
    writeAll(STDERR_FILENO, text)
  }

  func progress(_ line: String) {
    guard isTerminal, hasProgress || !line.isEmpty else { return }
    writeAll(STDERR_FILENO, "\r\u{1B}[K" + line)
    hasProgress = !line.isEmpty
  }

  func ask(_ prompt: String, isSecret: Bool) -> String? {
    guard isTerminal else { return readLine(strippingNewline: true) }
    guard isSecret else {
      writeError(prompt)
      return readLine(strippingNewline: true)
    }
    // Hidden first, asked then: what is typed or pasted at the sight of the prompt neither shows
    // nor is thrown away.
    var before = termios()
    tcgetattr(STDIN_FILENO, &before)
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
      tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
      writeAll(STDERR_FILENO, "\n")
    }
    writeError(prompt)
    return readLine(strippingNewline: true)
  }

  private func writeAll(_ descriptor: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var sent = 0
      while sent < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
        // Safe because: a buffer with bytes left has a base address.
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        sent += count
      }
    }
  }
}
