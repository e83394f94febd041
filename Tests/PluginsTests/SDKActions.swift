// SPDX-License-Identifier: Apache-2.0
// Actions that put the SDK to use, run without a shared object.
import CJackfield
import JackfieldPlugin
@testable import PluginRuntime
import Pipeline
import Values

/// Answers with what it was given, after Swift's own decoding and encoding.
struct EchoAction: Action {
  static let id = "probe.echo"

  struct Parameters: Decodable {
    var text: String?
    var truth: Bool?
    var whole: Int?
    var small: UInt8?
    var large: UInt64?
    var number: Double?
    var list: [Inner]?
    var named: [String: Int]?
    var any: JSONValue?
    var object: JSONObject?
    var choice: Choice?
    var optionals: [Int?]?
    var pair: Pair?
  }

  struct Inner: Codable {
    var name: String
    var weight: Float?
  }

  enum Choice: String, Codable {
    case one, two
  }

  /// Containers by hand: nested, unkeyed, and a member asked for twice.
  struct Pair: Codable {
    var first: Int
    var second: String

    enum Key: CodingKey { case values }

    init(from decoder: any Decoder) throws {
      var list = try decoder.container(keyedBy: Key.self).nestedUnkeyedContainer(forKey: .values)
      first = try list.decode(Int.self)
      second = try list.decode(String.self)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      var list = container.nestedUnkeyedContainer(forKey: .values)
      try list.encode(first)
      try list.encode(second)
    }
  }

  struct Result: Encodable {
    var text: String?
    var truth: Bool?
    var whole: Int?
    var small: UInt8?
    var large: UInt64?
    var number: Double?
    var list: [Inner]?
    var named: [String: Int]?
    var any: JSONValue?
    var object: JSONObject?
    var choice: Choice?
    var optionals: [Int?]?
    var pair: Pair?
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    Result(
      text: p.text, truth: p.truth, whole: p.whole, small: p.small, large: p.large,
      number: p.number, list: p.list, named: p.named, any: p.any, object: p.object,
      choice: p.choice, optionals: p.optionals, pair: p.pair)
  }
}

/// Says what a call knows, or fails in the way that is asked for.
struct CallAction: Action {
  static let id = "probe.call"

  struct Parameters: Decodable {
    var fail: String?
    var size: Int?
    var many: Int?
  }

  struct Result: Encodable {
    var key: String
    var contact: String?
    var setting: JSONValue?
    var hasBudget: Bool
    var filling: String?
    var statuses: [Int]?
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    if let name = p.fail, let kind = ErrorClass.allCases.first(where: { $0.name == name }) {
      throw ActionError(
        kind, "as_asked", "failed as asked", providerCode: "7", retryAfter: .milliseconds(1_500),
        detail: ["why": [1, "ü"]])
    }
    call.log("a line", level: .warning)
    call.progress(["done": 1])
    var result = Result(
      key: call.key, contact: call.contactID, setting: call.settings["sender"],
      hasBudget: call.budget > .zero && !call.isCancelled)
    result.filling = p.size.map { String(repeating: "x", count: $0) }
    if let many = p.many {
      let requests = (0..<many).map { HTTPRequest("GET", "https://a.example/\($0)") }
      var ended: Set<Int> = []
      let answers = try call.http.perform(requests, atOnce: 3) { index, _ in ended.insert(index) }
      guard ended.count == many else { throw .bug("each", "each was called \(ended.count) times") }
      result.statuses = answers.map { answer in
        switch answer {
        case .success(let response): response.status
        case .failure(let error): -Int(error.class.rawValue)
        }
      }
    }
    return result
  }
}

/// The two, open in this process.
struct SDKProbe {
  let world = ScriptedWorld()
  private let actions: RuntimeActions

  init(services: [String] = [JF_HTTP_INTERFACE]) throws {
    guard let table = Plugin.export(EchoAction.self, CallAction.self) else {
      throw PluginUnderTest.Mistake(reason: "export answered nothing")
    }
    let image = try PluginImage(file: "probe", checking: table)
    let instance = try RuntimeInstance(
      opening: image, settings: Array("{\"sender\": \"Acme\"}".utf8), services: services,
      backend: world)
    actions = try instance.actions([EchoAction.id, CallAction.id])
  }

  func run(_ action: Int, _ parameters: String) throws -> Outcome {
    let result = actions.run(
      .init(
        number: 1, action: action, budgetMS: 60_000, key: Array("k-1".utf8)[...],
        context: Array("{\"contact\": {\"id\": \"401\"}}".utf8)[...],
        parameters: Array(parameters.utf8)[...]))
    let json = try JSONValue(parsing: result.json)
    guard result.status != 0 else { return Outcome(value: json) }
    return Outcome(errorClass: ErrorClass(status: result.status), error: json)
  }
}
