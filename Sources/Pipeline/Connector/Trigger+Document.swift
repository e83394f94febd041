// SPDX-License-Identifier: Apache-2.0
// Reading the trigger of a connector.

import Calendar
import Values

extension Trigger {
  static func read(_ source: DocumentValue) -> Trigger? {
    let names = TriggerKind.allCases.map(\.rawValue)
    guard let object = source.object(keys: names) else { return nil }
    let found = TriggerKind.allCases.filter { object[$0.rawValue] != nil }
    guard found.count == 1, let kind = found.first, let value = object[kind.rawValue] else {
      if found.isEmpty, !object.names.contains(where: { $0 != "note" }) {
        source.error("missing_key", "\"trigger\" names nothing: write {\"webhook\": {}}")
      } else if !found.isEmpty {
        source.error(
          "several_kinds",
          "a connector has one trigger, this one has "
            + found.map(\.rawValue).joined(separator: " and ")
            + ": make a connector of each that routes to a third")
      }
      return nil
    }
    return read(kind, value)
  }

  private static func read(_ kind: TriggerKind, _ value: DocumentValue) -> Trigger? {
    switch kind {
    case .webhook: WebhookTrigger.read(value).map { .webhook($0) }
    case .schedule: ScheduleTrigger.read(value).map { .schedule($0) }
    case .connector: RoutedTrigger.read(value).map { .connector($0) }
    case .message: MessageTrigger.read(value).map { .message($0) }
    case .messageStatus: MessageStatusTrigger.read(value).map { .messageStatus($0) }
    case .record: RecordTrigger.read(value).map { .record($0) }
    case .reminder: value.object(keys: []).map { _ in .reminder }
    case .macroButton: MacroButtonTrigger.read(value).map { .macroButton($0) }
    case .email: EmailTrigger.read(value).map { .email($0) }
    }
  }
}

extension ScheduleTrigger {
  static func read(_ source: DocumentValue) -> ScheduleTrigger? {
    guard let object = source.object(keys: ["cron", "time_zone", "misfire"]),
      let cron = object.required("cron").flatMap(readCron)
    else { return nil }
    var trigger = ScheduleTrigger(cron: cron)
    trigger.timeZone = object["time_zone"]?.text(atMost: PipelineLimits.zoneLength)
    trigger.misfire = object["misfire"]?.choice(Misfire.self) ?? .once
    return trigger
  }

  private static func readCron(_ source: DocumentValue) -> Cron? {
    guard let text = source.text(atMost: 1_000) else { return nil }
    do throws(CalendarError) {
      let cron = try Cron.parse(text)
      if cron.neverComes {
        source.error(
          "never_due",
          "the cron line \"\(text)\" is never due: none of its months has one of its days")
      }
      return cron
    } catch {
      source.error(error.code.rawValue, error.message)
      return nil
    }
  }
}

extension RoutedTrigger {
  static func read(_ source: DocumentValue) -> RoutedTrigger? {
    guard let object = source.object(keys: ["accepts", "module"]) else { return nil }
    var trigger = RoutedTrigger()
    trigger.schema = object["accepts"]?.schema(ofObject: false)
    trigger.module = object["module"]?.text(atMost: PipelineLimits.titleLength)
    return trigger
  }
}

extension MessageTrigger {
  static let documentKeys = [
    "channels", "keywords", "match", "priority", "language", "when_paused",
  ]

  static func read(_ source: DocumentValue) -> MessageTrigger? {
    guard let object = source.object(keys: documentKeys),
      let channels = object.required("channels").flatMap({ $0.channelNames() })
    else { return nil }
    var trigger = MessageTrigger(channels: channels)
    trigger.keywords = object["keywords"]?.someTexts() ?? []
    trigger.match =
      object["match"]?.choice(KeywordMatch.self) ?? (trigger.keywords.isEmpty ? .any : .exact)
    if let match = object["match"], trigger.match != .any, trigger.keywords.isEmpty {
      match.error(
        "missing_key",
        "\"match\" is \"\(trigger.match.rawValue)\" and there is nothing to look for: name "
          + "\"keywords\", or write \"any\"")
    }
    if let priority = object["priority"]?.integer(in: -1_000...1_000) {
      trigger.priority = Int(priority)
    }
    trigger.language = object["language"]?.text(atMost: 35)
    trigger.whenPaused = object["when_paused"]?.choice(WhenPaused.self) ?? .skip
    return trigger
  }
}

extension MessageStatusTrigger {
  static func read(_ source: DocumentValue) -> MessageStatusTrigger? {
    guard let object = source.object(keys: ["channels", "statuses"]),
      let channels = object.required("channels").flatMap({ $0.channelNames() })
    else { return nil }
    var trigger = MessageStatusTrigger(channels: channels)
    trigger.statuses =
      object["statuses"]?.elements(atMost: 20) { $0.choice(MessageStatus.self) } ?? []
    return trigger
  }
}

extension RecordTrigger {
  static func read(_ source: DocumentValue) -> RecordTrigger? {
    guard let object = source.object(keys: ["module", "on", "watch"]),
      let module = object.required("module")?.text(atMost: PipelineLimits.titleLength)
    else { return nil }
    var trigger = RecordTrigger(module: module)
    if let on = object["on"] {
      trigger.on = Set(on.elements(atMost: 3) { $0.choice(RecordChange.self) } ?? [])
      if on.value.isEmpty {
        on.error("empty", "\"on\" is empty: leave it out for create, update and delete")
      }
    }
    trigger.watch = object["watch"]?.someTexts() ?? []
    if let watch = object["watch"], !trigger.on.contains(.update) {
      watch.warning("without_effect", "\"watch\" looks at updates, and \"on\" does not name them")
    }
    return trigger
  }
}

extension MacroButtonTrigger {
  static func read(_ source: DocumentValue) -> MacroButtonTrigger? {
    guard let object = source.object(keys: ["module", "buttons"]),
      let module = object.required("module")?.text(atMost: PipelineLimits.titleLength)
    else { return nil }
    var trigger = MacroButtonTrigger(module: module)
    trigger.buttons = object["buttons"]?.someTexts() ?? []
    return trigger
  }
}

extension EmailTrigger {
  static func read(_ source: DocumentValue) -> EmailTrigger? {
    source.object(keys: ["channel"])?.required("channel")?.name().map { EmailTrigger(channel: $0) }
  }
}

extension DocumentValue {
  /// The channels a trigger listens on: one at least.
  fileprivate func channelNames() -> [String]? {
    guard let names = elements(atMost: PipelineLimits.triggerNames, { $0.name() }) else {
      return nil
    }
    if value.isEmpty { error("empty", "\(label) is empty: name a channel of the project") }
    return names
  }

  /// A list that is left out when it would be empty.
  fileprivate func someTexts() -> [String]? {
    let list = texts(atMost: PipelineLimits.triggerNames, length: PipelineLimits.titleLength)
    if value.isEmpty { error("empty", "\(label) is empty: name one, or leave it out") }
    return list
  }
}
