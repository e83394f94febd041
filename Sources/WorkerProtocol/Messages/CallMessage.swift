// SPDX-License-Identifier: Apache-2.0
// The message `call`.

/// One attempt at one action.
package struct CallMessage: TypedMessage {
  package static let kind = MessageKind.call

  /// The call's number.
  package var call: UInt32
  /// The index into the hello's `actions`.
  package var action: Int32
  /// **Unit**: milliseconds that are left.
  package var budgetMS: Int64
  /// The idempotency key.
  package var key: ArraySlice<UInt8>
  /// JSON, an object.
  package var context: ArraySlice<UInt8>
  /// JSON, an object.
  package var parameters: ArraySlice<UInt8>

  package init(
    call: UInt32, action: Int32, budgetMS: Int64, key: ArraySlice<UInt8>,
    context: ArraySlice<UInt8>, parameters: ArraySlice<UInt8>
  ) {
    self.call = call
    self.action = action
    self.budgetMS = budgetMS
    self.key = key
    self.context = context
    self.parameters = parameters
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    call = message.call
    action = try reader.i32()
    budgetMS = try reader.i64()
    key = try reader.bytes()
    context = try reader.bytes()
    parameters = try reader.bytes()
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind, call: call)
    writer.i32(action)
    writer.i64(budgetMS)
    writer.bytes(key)
    writer.bytes(context)
    writer.bytes(parameters)
  }
}
