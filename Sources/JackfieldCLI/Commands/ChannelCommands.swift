// SPDX-License-Identifier: Apache-2.0
// channel list | rotate-url | test
import Jackfield
import Values

/// Commands about channels. What they are stands in the project's document.
enum ChannelCommands {
  static let all = [
    Command("channel list", "Lists the project's channels, and what to enter at the provider.") {
      context in
      let list = try context.theHost.channels(project: context.project())
      if context.wantsJSON {
        context.console.line(JSONValue.list(list.map(\.value)).json)
        return .succeeded
      }
      if list.isEmpty {
        context.console.line("no channels: name them in the project's document, \"channels\"")
      }
      for channel in list { show(channel, context) }
      return .succeeded
    },
    Command(
      "channel rotate-url", "Gives a channel a new URL; the old one answers 410.",
      operands: ["NAME"]
    ) { context in
      let changed = try context.theHost.rotateChannelURL(
        context.arguments.operands[0], project: context.project())
      if context.wantsJSON {
        context.console.line(changed.value.json)
      } else {
        show(changed, context)
      }
      return .succeeded
    },
    Command(
      "channel test", "Sends the test request of a channel's credential.", operands: ["NAME"],
      need: .everything
    ) { context in try test(context) },
  ]

  private static func show(_ channel: ChannelSummary, _ context: CommandContext) {
    let state = channel.isEnabled ? "enabled" : "disabled"
    context.console.line(
      channel.name.padded(to: 24) + channel.kind.padded(to: 20)
        + (channel.credential ?? "no credential").padded(to: 20) + state
        + (channel.isInbound ? ", receives" : ""))
    for line in channel.setup { context.console.line("  " + line) }
    if let problem = channel.problem { context.console.line("  problem: " + problem) }
  }

  private static func test(_ context: CommandContext) throws -> ExitCode {
    let name = context.arguments.operands[0]
    guard let test = try context.theHost.testChannel(name, project: context.project()) else {
      throw CommandError(
        "the kind of credential of channel \"\(name)\" declares no test: use it once to see")
    }
    if context.wantsJSON {
      let value: JSONValue = ["ok": .boolean(test.isOK), "message": .text(test.text)]
      context.console.line(value.json)
    } else {
      context.console.line("\(name): \(test.text)")
    }
    return test.isOK ? .succeeded : .failed
  }
}
