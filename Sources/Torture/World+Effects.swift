// SPDX-License-Identifier: Apache-2.0
// What scripted actions do to records and to other runs, with their outcome.

import Engine
import HostServices
import Pipeline
import Store
import Values

extension World {
  /// Gathers what a call writes; it is applied with its outcome or not at all.
  func write(_ number: UInt64) {
    guard let call = calls[number] else { return }
    let schema = project.tally
    if call.action == .count {
      calls[number]?.writes = [
        RecordWrite(
          .put, schema, id: store.recordIDs.reserve(), expectation: .new,
          fields: ["run": .text("\(call.order.run) \(call.order.place)"), "value": 1])
      ]
      return
    }
    let tallyID = folder.tally
    let row = try? store.readAndWait { read throws(StoreError) in
      try read.recordGet(SimulatedProject.id, collection: "tally", id: tallyID)
    }
    // The disk does not answer now: the call fails, nothing was written.
    guard let known = row ?? nil else { return end(number, .outcome(World.unavailable)) }
    let value = (known.document["value"]?.asInteger ?? 0) + 1
    calls[number]?.writes = [
      RecordWrite(
        .put, schema, id: tallyID, expectation: .version(known.version),
        fields: ["value": .integer(value)])
    ]
  }

  /// The services' rule: the eleventh hop is refused.
  func route(_ call: SimulatedCall) -> CallReport {
    // As the run tells them: what this world knows of a run is nothing where the disk did not answer.
    let hops = call.order.context.hops
    guard hops < 10, let connector = folder.connectors[.loop] else {
      return .outcome(
        .failed(ActionFailure(.failed, code: "loop_limit", message: "loop limit reached")))
    }
    calls[call.order.attempt.value]?.effects = [
      .start(
        RunStart(
          connector: connector, name: SimulatedConnector.loop.name, version: 1,
          event: facts[call.order.run]?.event ?? [:], contact: nil, hops: hops + 1, entry: nil,
          slot: 1))
    ]
    return .outcome(.succeeded(["started": DeferredValues.stand(for: 1)]))
  }

  func enter(_ call: SimulatedCall) -> CallReport {
    guard let connector = folder.connectors[.delayed] else { return .outcome(.succeeded([:])) }
    let contact = call.order.plan.parameters["to"]?.asText ?? ""
    calls[call.order.attempt.value]?.effects = [
      .start(
        RunStart(
          connector: connector, name: SimulatedConnector.delayed.name, version: 1,
          event: facts[call.order.run]?.event ?? [:], contact: nil,
          hops: call.order.context.hops + 1,
          entry: RunEntry(
            subject: contact, ifEnrolled: random.once(in: 2) ? .restart : .leave), slot: 1))
    ]
    return .outcome(.succeeded(["entered": DeferredValues.stand(for: 1)]))
  }

  func cancelDelays(_ call: SimulatedCall) -> CallReport {
    guard let delayed = folder.connectors[.delayed],
      let ordered = folder.connectors[.ordered]
    else { return .outcome(.succeeded([:])) }
    let contact = call.order.plan.parameters["to"]?.asText ?? ""
    calls[call.order.attempt.value]?.effects = [
      .cancelDelays(
        DelayCancel(
          keys: [.init(connector: delayed, identifier: contact),
            .init(connector: ordered, identifier: contact)],
          mode: random.once(in: 3) ? .resume : .end,
          holdMS: random.once(in: 4) ? 3_000 : nil, slot: 1, names: [:]))
    ]
    return .outcome(.succeeded(["cancelled": DeferredValues.stand(for: 1)]))
  }
}
