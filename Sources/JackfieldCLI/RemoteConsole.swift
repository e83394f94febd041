// SPDX-License-Identifier: Apache-2.0
// The console of a command that runs in the host for a client of the control socket.
import Values

/// Sends what a command says to the client, and asks the client what it asks.
final class RemoteConsole: Console {
  let isTerminal: Bool
  let folder: String
  private let channel: ControlChannel
  private var lost = false

  init(channel: ControlChannel, isTerminal: Bool, folder: String) {
    self.folder = folder
    self.channel = channel
    self.isTerminal = isTerminal
  }

  var isGone: Bool { lost || channel.isClosed }

  func write(_ text: String) { send(.output, text) }
  func writeError(_ text: String) { send(.error, text) }

  func progress(_ line: String) {
    if isTerminal { send(.progress, line) }
  }

  func ask(_ prompt: String, isSecret: Bool) -> String? {
    let question: JSONValue = ["prompt": .text(prompt), "secret": .boolean(isSecret)]
    guard channel.send(.ask, question.jsonBytes), let frame = channel.receive(),
      frame.kind == .answer
    else { return nil }
    return frame.text
  }

  private func send(_ kind: ControlChannel.Kind, _ text: String) {
    // A long listing goes in pieces, each under the frame's bound.
    var rest = Array(text.utf8)[...]
    repeat {
      let piece = rest.prefix(ControlChannel.payloadLimit)
      rest = rest.dropFirst(piece.count)
      if !channel.send(kind, Array(piece)) { lost = true }
    } while !rest.isEmpty
  }
}
