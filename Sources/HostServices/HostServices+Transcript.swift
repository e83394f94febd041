// SPDX-License-Identifier: Apache-2.0
// Calls written down so that they can run again.
import Pipeline
import PluginHost
import Values

extension HostServices {
  /// Notes a request of a call, and gives the reply that notes its answer too.
  func noting(
    _ request: ServiceRequest, of call: OpenCall, _ reply: @escaping (ServiceReply) -> Void
  ) -> ReplyOnce {
    let before = call.notes.bytes
    let index = call.notes.ask(request, room: noteRoom)
    noteBytes += call.notes.bytes - before
    return ReplyOnce { [self] answer in
      // One that is released has given its room back.
      if !call.isReleased {
        let before = call.notes.bytes
        call.notes.answer(index, answer, room: noteRoom)
        noteBytes += call.notes.bytes - before
      }
      reply(answer)
    }
  }

  /// What the notes of all calls may still take.
  private var noteRoom: Int { HostServicesLimits.allTranscriptBytes - noteBytes }

  /// The project as a call found it.
  package func setup(of number: UInt64) -> ProjectSetup? { calls[number]?.setup }

  /// A call that has ended, as its transcript; nil for one that is not open here.
  ///
  /// The values of the credentials it used are struck out of all of it.
  package func transcript(
    of number: UInt64, _ call: CalledAction, ending: CallTranscript.Ending
  ) -> CallTranscript? {
    guard let open = calls[number] else { return nil }
    let (notes, order, plugin) = (open.notes, open.order, open.plugin)
    let installed = plugin.installed
    let image = try? installed.image()
    let transcript = CallTranscript(
      plugin: CallTranscript.Plugin(
        id: installed.id, version: installed.manifest.version, hash: installed.build,
        buildID: image?.buildID, interfaces: plugin.offeredServices),
      action: call.action, project: order.project.rawValue, connector: call.connector,
      component: call.component, run: order.run.rawValue, attempt: order.attempt, key: order.key,
      budgetMS: call.budgetMS, startedAt: call.startedAt, durationMS: call.durationMS,
      parameters: call.parameters, context: call.context, settings: plugin.settings,
      exchanges: notes.asked.map { asked in
        CallTranscript.Exchange(
          service: asked.service.name, request: CallTranscript.Message(asked.request),
          after: asked.after,
          answer: asked.answer.map { answer in
            CallTranscript.Answer(
              order: answer.order,
              errorClass: answer.status == 0 ? nil : ErrorClass(status: answer.status),
              message: CallTranscript.Message(answer.side))
          })
      }, log: notes.log, ending: ending)
    return open.redactions.reduce(transcript) { $0.redacted(by: $1) }
  }
}

/// What the caller of an action knows of the call.
package struct CalledAction: Sendable {
  package let action: ActionID
  package let connector: String
  package let component: String
  package let budgetMS: Int64
  /// **Unit** milliseconds since 1970.
  package let startedAt: Int64
  package let durationMS: Int64
  package let parameters: JSONValue
  package let context: JSONValue

  package init(
    action: ActionID, connector: String, component: String, budgetMS: Int64, startedAt: Int64,
    durationMS: Int64, parameters: JSONValue, context: JSONValue
  ) {
    self.action = action
    self.connector = connector
    self.component = component
    self.budgetMS = budgetMS
    self.startedAt = startedAt
    self.durationMS = durationMS
    self.parameters = parameters
    self.context = context
  }
}

extension CallTranscript {
  func redacted(by redaction: SecretRedaction) -> CallTranscript {
    redacted({ redaction.redacted($0) }) { Array(redaction.redacted($0[...], first: $0.count)) }
  }

  /// The same without the values of these secrets.
  package func without(secrets: [String]) -> CallTranscript {
    redacted(by: SecretRedaction(secrets: secrets))
  }
}
