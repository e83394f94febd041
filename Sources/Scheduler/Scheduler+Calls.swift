// SPDX-License-Identifier: Apache-2.0
// Calls on their way to a worker and back.
import CSystem
import Engine
import HostServices
import Pipeline
import PluginHost
import Store
import Values

extension Scheduler {
  package func call(_ order: CallOrder) {
    // Read where it stands: a plan is sixty words long.
    let shared = order.shared
    let action = shared.plan.action
    let id = action.plugin
    // Looked at again: a call that runs again may be of a plugin that was disabled meanwhile.
    guard let setup = setups[order.project], let plugin = setup.plugins[id],
      plugin.isEnabled
    else {
      let failure = ActionFailure(
        .denied, code: "plugin_not_enabled",
        message: "plugin \(id) is not enabled for project \(order.project): "
          + "jackfield plugin enable \(id) --project \(order.project)")
      return loop.post { [self] in
        feed(.ended(order.run, attempt: order.attempt, .outcome(.failed(failure))))
      }
    }
    let key = key(of: order)
    let number = order.attempt.value
    services.open(
      CallOrderFacts(
        number: number, run: order.run, project: order.project, plugin: id,
        effect: shared.plan.effect, key: key, attempt: order.ordinal,
        mayHaveSent: order.mayHaveSent, caller: caller(order)),
      setup: setup, plugin: plugin)
    attempts[number] = OpenAttempt(
      order: order, started: loop.now, build: plugin.installed.shortBuild,
      isRecorded: plugin.isRecorded)
    watchers.tell(.called(order.run, shared.plan.component, action))
    pool.submit(
      CallRequest(
        id: number, project: order.project, plugin: plugin.installed, action: action,
        parameters: shared.plan.parameters.jsonBytes, context: context(order, setup), key: key,
        timeout: shared.plan.policy.timeout, settings: plugin.settingsText,
        services: plugin.offeredServices, allowance: plugin.allowance, isInside: plugin.isInside)
    ) { [self] end in ended(number, end) }
    if sys_fault(SYS_FAULT_CALL) != 0 { pool.killFaultVictim() }
  }

  /// The idempotency key of a call: the same on every attempt at its place.
  func key(of order: CallOrder) -> String { "\(installation)-\(order.run)-\(order.place)" }

  private func caller(_ order: CallOrder) -> CallerFacts {
    CallerFacts(
      connector: order.connector, component: order.shared.plan.component, event: order.context.event,
      contact: order.context.contact?["id"]?.asText.flatMap { RecordID(text: $0) },
      hops: order.context.hops,
      isTrial: order.context.connector == CallerFacts.trialConnector.rawValue)
  }

  /// Only what differs from call to call is written anew.
  func context(_ order: CallOrder, _ setup: ProjectSetup) -> [UInt8] {
    var text = setup.contextHead
    text.reserveCapacity(text.count + 256)
    text += ",\"run\":\"".utf8
    JSONValue.integer(order.run.rawValue).write(into: &text)
    text += "\",\"attempt\":".utf8
    JSONValue.integer(Int64(order.ordinal)).write(into: &text)
    text += ",\"hops\":".utf8
    JSONValue.integer(Int64(order.context.hops)).write(into: &text)
    text += ",\"connector\":".utf8
    JSONValue.text(order.context.connector).write(into: &text)
    text += ",\"action\":".utf8
    JSONValue.text(order.context.component).write(into: &text)
    if let contact = order.context.contact {
      text += ",\"contact\":".utf8
      contact.write(into: &text)
    }
    text.append(UInt8(ascii: "}"))
    return text
  }

  private func ended(_ number: UInt64, _ end: CallEnd) {
    guard let attempt = attempts[number] else { return }
    let order = attempt.order
    let report = CallReport(
      end, effect: order.shared.plan.effect, sent: services.fate(of: number))
    if attempt.isRecorded || end.isWorthTranscript { attempts[number]?.end = end }
    var stops: String?
    switch report {
    case .outcome(.succeeded), .waits: stops = services.effects(of: number).stopReason
    case .outcome: break
    case .collateral, .interrupted:
      services.release(number)
      attempts[number] = nil
    }
    feed(.ended(order.run, attempt: order.attempt, report, stops: stops))
  }
}

extension Scheduler {
  /// Looks up what the references of serial keys lead to, so that one thing named in two ways is
  /// one key.
  package func resolve(_ order: ResolveOrder) {
    guard let setup = setups[order.project] else {
      let failure = ActionFailure(
        .unavailable, code: "no_project", message: "project \(order.project) is not set up")
      return loop.post { [self] in
        feed(.resolved(order.run, order.attempt, .failure(failure)))
      }
    }
    var references: [String: ReferenceResolution.Reference] = [:]
    for part in order.parts {
      guard let kind = part.reference else { continue }
      references[part.parameter] = ReferenceResolution.Reference(kind: kind, value: part.value)
    }
    services.resolve(references, in: setup) { [self] result in
      feed(.resolved(order.run, order.attempt, result))
    }
  }
}
