// SPDX-License-Identifier: Apache-2.0
// One call, written down so that it can run again.

import Values

/// What a call was given, what it asked of the host, what it was answered, and what it came to.
///
/// It holds no secret: credentials stand in it by name, and their values are struck out of
/// everything else before it is kept.
package struct CallTranscript: Sendable, Hashable {
  /// The one format this version writes and reads.
  package static let format: Int64 = 1

  /// The build that was called.
  package struct Plugin: Sendable, Hashable {
    package var id: PluginID
    package var version: String
    /// Over manifest and image.
    package var hash: String
    /// The linker's name for the image; nil where it has none.
    package var buildID: String?
    /// The host interfaces it was offered.
    package var interfaces: [String]

    package init(
      id: PluginID, version: String, hash: String, buildID: String?, interfaces: [String]
    ) {
      self.id = id
      self.version = version
      self.hash = hash
      self.buildID = buildID
      self.interfaces = interfaces
    }
  }

  /// One side of an exchange: a document and raw bytes beside it.
  package struct Message: Sendable, Hashable {
    package var json: JSONValue
    package var body: [UInt8]
    /// Set when it was too long to be kept: document and body are empty then. **Unit** bytes.
    package var cutBytes: Int?

    package init(json: JSONValue, body: [UInt8] = [], cutBytes: Int? = nil) {
      self.json = json
      self.body = body
      self.cutBytes = cutBytes
    }
  }

  /// What the host answered.
  package struct Answer: Sendable, Hashable {
    /// Counts from 1 over the answers of the call, in the order in which they were given.
    package var order: Int
    /// nil: it succeeded.
    package var errorClass: ErrorClass?
    package var message: Message

    package init(order: Int, errorClass: ErrorClass?, message: Message) {
      self.order = order
      self.errorClass = errorClass
      self.message = message
    }
  }

  /// One request of the call.
  package struct Exchange: Sendable, Hashable {
    /// `http.send`, `records.get` and so on.
    package var service: String
    package var request: Message
    /// How many answers the call had when it asked: it asked for those after it without waiting.
    package var after: Int
    /// nil: the call ended first.
    package var answer: Answer?

    package init(service: String, request: Message, after: Int, answer: Answer? = nil) {
      self.service = service
      self.request = request
      self.after = after
      self.answer = answer
    }
  }

  /// How the call ended, as the worker's host saw it and before anything was made of it.
  package enum Ending: Sendable, Hashable {
    /// The plugin returned: a result, or an error with its class.
    case returned(ErrorClass?, JSONValue)
    /// It did not return within its budget.
    case timeout(place: [String])
    /// It took its process down: by a signal or an exit code, or the host ended it for a reason.
    case died(signal: Int32?, exitCode: Int32?, reason: String, place: [String])
  }

  package var plugin: Plugin
  package var action: ActionID
  package var project: String
  package var connector: String
  package var component: String
  package var run: Int64
  /// Counts from 1 with each try of the action.
  package var attempt: Int
  package var key: String
  /// **Unit** milliseconds.
  package var budgetMS: Int64
  /// **Unit** milliseconds since 1970.
  package var startedAt: Int64
  package var durationMS: Int64
  package var parameters: JSONValue
  package var context: JSONValue
  package var settings: JSONValue
  /// In the order in which the call asked.
  package var exchanges: [Exchange]
  package var log: [String]
  package var ending: Ending

  package init(
    plugin: Plugin, action: ActionID, project: String, connector: String, component: String,
    run: Int64, attempt: Int, key: String, budgetMS: Int64, startedAt: Int64, durationMS: Int64,
    parameters: JSONValue, context: JSONValue, settings: JSONValue, exchanges: [Exchange],
    log: [String], ending: Ending
  ) {
    self.plugin = plugin
    self.action = action
    self.project = project
    self.connector = connector
    self.component = component
    self.run = run
    self.attempt = attempt
    self.key = key
    self.budgetMS = budgetMS
    self.startedAt = startedAt
    self.durationMS = durationMS
    self.parameters = parameters
    self.context = context
    self.settings = settings
    self.exchanges = exchanges
    self.log = log
    self.ending = ending
  }
}

extension CallTranscript {
  /// The same with every text and every body passed through `value` and `body`, but for the names
  /// and numbers by which the call is found again.
  package func redacted(
    _ value: (JSONValue) -> JSONValue, body: ([UInt8]) -> [UInt8]
  ) -> CallTranscript {
    func message(_ message: Message) -> Message {
      Message(json: value(message.json), body: body(message.body), cutBytes: message.cutBytes)
    }
    var copy = self
    copy.parameters = value(parameters)
    copy.context = value(context)
    copy.settings = value(settings)
    copy.log = log.map { value(.text($0)).asText ?? "" }
    copy.exchanges = exchanges.map { exchange in
      var exchange = exchange
      exchange.request = message(exchange.request)
      if let answer = exchange.answer { exchange.answer?.message = message(answer.message) }
      return exchange
    }
    if case .returned(let kind, let result) = ending { copy.ending = .returned(kind, value(result)) }
    return copy
  }
}
