// SPDX-License-Identifier: Apache-2.0
// What a call asks of runs: checked here, carried out with its outcome.
import Pipeline
import PluginHost
import Store
import Values

extension HostServices {
  func runsStart(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    do throws(ActionFailure) {
      let caller = try caller(of: call)
      let target = try call.setup.connector(value["connector"]?.asText ?? "")
      guard target.isEnabled else {
        throw ActionFailure(
          .denied, code: "connector_disabled", message: "connector disabled: \(target.name)")
      }
      guard caller.hops < HostServicesLimits.hops else {
        throw ActionFailure(.failed, code: "loop_limit", message: "loop limit reached")
      }
      let options = try RunOptions(value["options"], keys: ["contact", "subject", "if_enrolled", "as"])
      let entry = try options.entry()
      try accept(value["event"] ?? caller.event, by: target)
      let event = try event(value, caller, call)
      contact(try options.text("contact"), caller, call, reply) { [self] contact in
        stage(call, reply) { slot in
          (
            .start(
              RunStart(
                connector: target.id, name: target.name, version: target.version, event: event,
                contact: contact, hops: caller.hops + 1, entry: entry, slot: slot)),
            [
              "connector": .text(target.name.rawValue), "hops": .integer(Int64(caller.hops + 1)),
              "run": DeferredValues.stand(for: slot, member: "run"),
              "started": DeferredValues.stand(for: slot, member: "started"),
              "previous": DeferredValues.stand(for: slot, member: "previous"),
            ]
          )
        }
      }
    } catch {
      reply(.failure(error))
    }
  }

  func runsCancelDelays(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    do throws(ActionFailure) {
      let caller = try caller(of: call)
      let (keys, names) = try delayKeys(value["delays"], caller, call.setup)
      let options = try RunOptions(value["options"], keys: ["cancelled_runs", "hold"])
      let mode = try options.choice("cancelled_runs", DelayCancel.Mode.self) ?? .end
      let hold = try options.duration("hold")
      stage(call, reply) { slot in
        (
          .cancelDelays(
            DelayCancel(
              keys: keys, mode: mode, holdMS: hold?.milliseconds, slot: slot, names: names)),
          [
            "cancelled": DeferredValues.stand(for: slot, member: "cancelled"),
            "runs": DeferredValues.stand(for: slot, member: "runs"),
          ]
        )
      }
    } catch {
      reply(.failure(error))
    }
  }

  func runsLeave(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    do throws(ActionFailure) {
      _ = try caller(of: call)
      let target = try call.setup.connector(value["connector"]?.asText ?? "")
      let subject = try RunOptions.subject(value["subject"]?.asText ?? "")
      stage(call, reply) { slot in
        (
          .leaveEnrolment(RunLeave(connector: target.id, subject: subject, slot: slot)),
          [
            "connector": .text(target.name.rawValue),
            "run": DeferredValues.stand(for: slot, member: "run"),
            "left": DeferredValues.stand(for: slot, member: "left"),
          ]
        )
      }
    } catch {
      reply(.failure(error))
    }
  }

  func runsStop(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    do throws(ActionFailure) {
      _ = try caller(of: call)
      let reason = value["reason"]?.asText ?? ""
      let length = reason.unicodeScalars.count
      guard length <= HostServicesLimits.reasonLength else {
        throw ActionFailure(
          .invalidInput, code: "reason_too_long",
          message: "the reason has \(length) characters, the most is "
            + "\(HostServicesLimits.reasonLength): say it shorter")
      }
      stage(call, reply) { _ in (.stop(reason: reason), [:]) }
    } catch {
      reply(.failure(error))
    }
  }

  // MARK: private parts

  /// The run a call was made by, if its plugin may do anything to runs.
  func caller(of call: OpenCall) throws(ActionFailure) -> CallerFacts {
    let (plugin, project) = (call.order.plugin, call.order.project)
    guard allows(.runs, call) else {
      throw ActionFailure(
        .denied, code: "runs_not_granted",
        message: "plugin \(plugin) is not granted \"runs\" in project \(project), so it may not "
          + "start, cancel or stop any: jackfield plugin enable \(plugin) --project \(project) "
          + "--runs")
    }
    guard let caller = call.order.caller else {
      throw ActionFailure(.bug, code: "no_run", message: "the call belongs to no run")
    }
    return caller
  }

  /// Gathers an effect and answers; the closure is handed the slot of its deferred value.
  func stage(
    _ call: OpenCall, _ reply: ReplyOnce, _ make: (Int) -> (RunEffect, JSONValue)
  ) {
    guard call.effects.count < HostServicesLimits.effectsPerCall else {
      return reply(
        .failure(
          .invalidInput, "too_many_runs",
          "one call asks at most \(HostServicesLimits.effectsPerCall) things of runs: spread them "
            + "over elements of a for_each"))
    }
    let (effect, answer) = make(call.effects.count + 1)
    call.effects.append(effect)
    reply(.success(answer))
  }

  private func accept(
    _ event: JSONValue, by target: ConnectorFacts
  ) throws(ActionFailure) {
    guard let reason = target.routed?.refusal(of: event) else { return }
    throw ActionFailure(
      .invalidInput, code: "event_not_accepted",
      message: "connector \(target.name) does not accept the event: \(reason)")
  }

  /// The event of a started run: the one given, or the caller's own.
  private func event(
    _ value: JSONValue, _ caller: CallerFacts, _ call: OpenCall
  ) throws(ActionFailure) -> JSONValue {
    guard var given = value["event"] else { return caller.event }
    // The custom variables go on with the contact, where the new event has room for them.
    if var object = given.asObject, object["custom_variables"] == nil,
      let variables = caller.event["custom_variables"], !variables.isEmpty
    {
      object["custom_variables"] = variables
      given = .object(object)
    }
    let size = given.jsonBytes.count
    guard size <= HostServicesLimits.eventBytes else {
      throw ActionFailure(
        .invalidInput, code: "event_too_large",
        message: "the event has \(size) bytes, the most is \(HostServicesLimits.eventBytes): hand "
          + "over less, or a reference to a record")
    }
    try reserve(size, in: call)
    return given
  }

  /// Counts what a call hands over to what it may hold in memory.
  func reserve(_ size: Int, in call: OpenCall) throws(ActionFailure) {
    guard call.writtenBytes + size <= HostServicesLimits.writtenBytesPerCall else {
      throw ActionFailure(
        .invalidInput, code: "too_many_writes",
        message: "what one call writes and hands over is at most "
          + "\(HostServicesLimits.writtenBytesPerCall >> 20) MiB together")
    }
    call.writtenBytes += size
  }

  /// The contact of a started run: the one named, which must be there, or the caller's.
  private func contact(
    _ named: String?, _ caller: CallerFacts, _ call: OpenCall, _ reply: ReplyOnce,
    _ done: @escaping @Sendable (RecordID?) -> Void
  ) {
    guard let named else { return done(caller.contact) }
    let missing = ServiceReply.failure(
      .notFound, "contact_not_found", "contact not found: \(named)")
    guard let id = RecordID(text: named) else { return reply(missing) }
    if let own = call.written["contact"]?[id] { return own == nil ? reply(missing) : done(id) }
    let project = call.order.project
    store.read({ transaction throws(StoreError) in
      try transaction.recordGet(project, collection: "contact", id: id) != nil
    }) { result in
      switch result {
      case .success(true): done(id)
      case .success(false): reply(missing)
      case .failure(let error):
        reply(.failure(.unavailable, error.code.rawValue, error.message))
      }
    }
  }

  private func delayKeys(
    _ value: JSONValue?, _ caller: CallerFacts, _ setup: ProjectSetup
  ) throws(ActionFailure) -> ([DelayCancel.Key], [ConnectorID: ConnectorName]) {
    guard let list = value?.asList, (1...HostServicesLimits.delayKeys).contains(list.count) else {
      throw ActionFailure(
        .invalidInput, code: "bad_delays",
        message: "delays is a list of 1 to \(HostServicesLimits.delayKeys) {connector, identifier}")
    }
    var keys: [DelayCancel.Key] = []
    var names: [ConnectorID: ConnectorName] = [:]
    for (index, element) in list.enumerated() {
      let identifier = element["identifier"]?.asText ?? ""
      guard !ReferenceText.folded(identifier).isEmpty else {
        throw ActionFailure(
          .invalidInput, code: "empty_identifier",
          message: "delays[\(index)].identifier is empty: only named delays can be cancelled")
      }
      var connector = caller.connector
      if let reference = element["connector"]?.asText {
        let facts = try setup.connector(reference)
        connector = facts.id
        names[facts.id] = facts.name
      } else if let own = setup.connectors.values.first(where: { $0.id == connector }) {
        names[own.id] = own.name
      }
      let key = DelayCancel.Key(connector: connector, identifier: identifier)
      if !keys.contains(key) { keys.append(key) }
    }
    return (keys, names)
  }
}
