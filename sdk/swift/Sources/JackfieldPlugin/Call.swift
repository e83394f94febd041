// SPDX-License-Identifier: Apache-2.0
// What an action may do while it runs.
import CJackfield
import Values

/// One attempt at one action, and through it everything the host offers.
///
/// **Isolation**: usable on any thread until the action's `run` returns, and not afterwards: the
/// host answers a late use with an error of class `bug`.
public struct Call {
  let pointer: OpaquePointer
  let instance: Instance
  let news = NewsRequest()

  /// The project's settings of this plugin.
  public var settings: JSONValue { instance.settings }

  /// For logs and defaults, no authority: {project, connector, run, action, attempt, time_zone,
  /// contact?, constants, hops}.
  public var context: JSONValue { value(instance.calls.pointee.context(pointer)).json }

  /// The id of the run's contact, or nil while none is mapped.
  public var contactID: String? { context["contact"]?["id"]?.asText }

  /// The same on every attempt at this action of this run, and after a recovery.
  public var key: String { instance.calls.pointee.key(pointer).text }

  /// What is left of the time; zero or less when it is over.
  public var budget: Duration { .milliseconds(instance.calls.pointee.budget_ms(pointer)) }

  /// Whether the host no longer wants the result.
  public var isCancelled: Bool { instance.calls.pointee.cancelled(pointer) != 0 }

  /// HTTP through the host.
  public var http: HTTPService { HTTPService(call: self) }

  /// Mail through the host.
  public var mail: MailService { MailService(call: self) }

  /// Blobs of the project.
  public var blobs: BlobService { BlobService(call: self) }

  /// The project's records.
  public var records: RecordService { RecordService(call: self) }

  /// This run, and other runs of the project.
  public var runs: RunService { RunService(call: self) }

  /// What comes in from outside, told to the project's connectors.
  public var events: EventService { EventService(call: self) }

  /// Writes one line to the run's log; the host cuts it at 8 KiB.
  public func log(_ line: String, level: LogLevel = .info) {
    let borrowed = Borrowed()
    withExtendedLifetime(borrowed) {
      instance.calls.pointee.log(pointer, level.rawValue, borrowed.bytes(line))
    }
  }

  /// Shows what is done so far in the run view, in place of what was shown before.
  public func progress(_ done: JSONValue) {
    guard let built = build(done) else { return }
    _ = instance.calls.pointee.progress(pointer, built)
  }

  /// The fields of a credential that are no secrets, with `name` and `kind`; without a name the
  /// project's only one of a kind this plugin's manifest declares.
  public func credential(named name: String? = nil) throws(ActionError) -> JSONValue {
    let borrowed = Borrowed()
    var out: OpaquePointer?
    let status = withExtendedLifetime(borrowed) {
      instance.calls.pointee.credential(pointer, borrowed.bytes(name), &out)
    }
    try check(status, "credential")
    return value(out).json
  }

  /// The parameters as a Swift type.
  ///
  /// **Throws**: `invalid_input`, code `parameters`, naming the place and what was expected.
  func parameters<P: Decodable>(as type: P.Type) throws(ActionError) -> P {
    let decoder = ValueDecoder(value: value(instance.calls.pointee.parameters(pointer)))
    do {
      return try P(from: decoder)
    } catch let error as DecodingError {
      throw .invalidInput("parameters", error.sentence)
    } catch let error as ActionError {
      throw error
    } catch {
      throw .invalidInput("parameters", "\(error)")
    }
  }

  func value(_ pointer: OpaquePointer?) -> ForeignValue {
    ForeignValue(pointer: pointer, table: instance.values)
  }

  /// A value of the host's making, alive until the call returns.
  func build(_ value: JSONValue) -> OpaquePointer? {
    let builder = ForeignBuilder(
      pointer: instance.calls.pointee.builder(pointer), table: instance.values)
    builder.add(value)
    return builder.finish()
  }

  /// As `build`, for what a service cannot do without.
  func require(_ value: JSONValue) throws(ActionError) -> OpaquePointer {
    guard let built = build(value) else {
      throw .invalidInput("value", "a value is too large or too deep for the host; see the log")
    }
    return built
  }
}
