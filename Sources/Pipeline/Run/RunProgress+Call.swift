// SPDX-License-Identifier: Apache-2.0
// From an action of the document to the call of it.

import Schema
import Values

extension RunProgress {
  /// The call of the action the run stands at, or of the fallback that takes its place; an entry
  /// where it is not called.
  func reach(
    _ action: ActionComponent, in step: StepID, _ policies: (ActionID) -> PolicyInputs
  ) -> Turn {
    if case .answered(let waiting, _) = mode {
      return answered(action, in: step, waiting, policies)
    }
    guard let chain else { return prepare(action, in: step, policies(action.use)) }
    guard let fallback = resolve(chain, of: action, policies) else {
      return .ended(lost(chain, in: step))
    }
    return prepare(fallback, in: step, policies(fallback.use))
  }

  private func prepare(
    _ action: ActionComponent, in step: StepID, _ inputs: PolicyInputs
  ) -> Turn {
    let policy = CallPolicy(
      component: action, project: inputs.project, manifest: inputs.manifest)
    var entry = entry(step, action.id, .action, .skipped)
    entry.action = action.use
    entry.attempts = 0
    entry.path = chain?.path ?? []
    if let condition = action.condition {
      var scope = scope
      let (holds, verdicts) = judge(condition, &scope)
      guard holds else {
        entry.input = .list(verdicts)
        entry.notes = ["its condition did not hold"] + notes(of: scope)
        return .ended(entry)
      }
    }
    let mayWait = inputs.refusal == nil || policy.whenDisabled == .wait
    guard let manifest = inputs.manifest, mayWait else {
      let unknown = ActionFailure(
        .denied, code: "unknown_action",
        message: "no plugin provides \"\(action.use)\": install or enable \(action.use.plugin)")
      return .ended(refused(entry, inputs.refusal ?? unknown, policy))
    }
    var rendering = ParameterRendering(schema: manifest.parameters, scope: scope)
    do throws(ActionFailure) {
      let parameters = try rendering.render(action.with, explain: explain)
      let notes = notes(of: rendering.scope) + rendering.notes
      var plan = plan(action, in: step, manifest, policy, parameters, notes)
      plan.refusal = inputs.refusal
      plan.pace = manifest.pace.flatMap { inputs.paces?.pace(of: $0.reference(in: parameters)) }
      return .decided(.call(plan))
    } catch {
      entry.notes = notes(of: rendering.scope) + rendering.notes
      return .ended(refused(entry, error, policy))
    }
  }

  private func plan(
    _ action: ActionComponent, in step: StepID, _ manifest: ActionManifest, _ policy: CallPolicy,
    _ parameters: JSONValue, _ notes: [String]
  ) -> CallPlan {
    CallPlan(
      step: step, component: action.id, action: action.use, parameters: parameters,
      effect: manifest.effect(of: parameters), policy: policy, onUnknown: action.onUnknown,
      alert: action.alert, save: action.save, setsContact: manifest.setsContact,
      credential: parameters["credential"]?.asText.map { CredentialName($0) },
      pace: nil, serialKeys: serialKeys(manifest, parameters), path: chain?.path ?? [], place: place,
      earlier: earlier, refusal: nil, notes: notes)
  }

  /// What calls that must not overlap have in common. A contact that is not given is the run's.
  private func serialKeys(_ manifest: ActionManifest, _ parameters: JSONValue) -> [SerialKeyPart] {
    manifest.serialKey.compactMap { rule in
      guard rule.holds(for: parameters) else { return nil }
      let name = rule.parameter
      let reference = manifest.parameters.property(named: name)?.reference?.asText
      let given = parameters[name].flatMap { $0.isEmpty ? nil : $0 }
      let isOfContact = rule.defaultsToContact || reference == "contact"
      guard let value = given ?? (isOfContact ? contact?["id"] : nil) else { return nil }
      return SerialKeyPart(parameter: name, reference: reference, value: value)
    }
  }

  /// The attempts made at the call the run stands at.
  private var earlier: EarlierAttempts? {
    if case .retrying(let earlier) = mode { earlier } else { nil }
  }

  /// What tells this call from all others of the run.
  var place: String {
    var place = "\(position.step)-\(position.component)"
    if let element = position.element { place += "-\(element)" }
    if let chain { place += "-f" + chain.path.map(String.init).joined(separator: ".") }
    if retries > 0 { place += "-r\(retries)" }
    return place
  }

  /// The entry of an action that failed without a call.
  private func refused(
    _ entry: JournalEntry, _ failure: ActionFailure, _ policy: CallPolicy
  ) -> JournalEntry {
    var entry = entry
    entry.status = .failed
    entry.error = failure
    choose(policy.fallback, after: failure, for: &entry, now: nil)
    return entry
  }
}
