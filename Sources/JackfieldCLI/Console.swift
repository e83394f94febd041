// SPDX-License-Identifier: Apache-2.0
// Where a command's words go and where its answers come from.

/// The person or program at the other end of a command: this terminal, or a client of the
/// control socket.
protocol Console: AnyObject {
  /// Whether a person is looking: progress lines and questions make sense.
  var isTerminal: Bool { get }

  /// The folder the command was typed in: what a relative path is relative to.
  var folder: String { get }

  /// Standard output, as it is.
  func write(_ text: String)

  /// Standard error, as it is.
  func writeError(_ text: String)

  /// Replaces the progress line; an empty text removes it. Nothing where nobody looks.
  func progress(_ line: String)

  /// Asks for one line: at a terminal with the prompt, else the next line of standard input.
  ///
  /// - Parameter isSecret: do not show what is typed.
  /// - Returns: the line without its end, or nil when there is none.
  func ask(_ prompt: String, isSecret: Bool) -> String?

  /// Whether the other end is gone, so that an endless command can stop.
  var isGone: Bool { get }
}

extension Console {
  /// A text that nobody should overlook: red at a terminal.
  func alarming(_ text: String) -> String { isTerminal ? "\u{1B}[31m\(text)\u{1B}[0m" : text }

  func line(_ text: String = "") { write(text + "\n") }

  /// A path as it was typed, from the root on.
  func path(_ typed: String) -> String {
    typed.hasPrefix("/") ? typed : folder + "/" + typed
  }
}
