// SPDX-License-Identifier: Apache-2.0
// One write of a record, gathered during a call and applied with its outcome.

import Values

/// What is to become of one record.
package struct RecordWrite: Sendable {
  package enum Operation: String, Sendable {
    case put, remove
  }

  /// Which state of the record the write builds on.
  package enum Expectation: Sendable, Hashable {
    /// It must not exist yet (`JF_VERSION_NEW`).
    case new
    /// Whatever its version: the fields are merged in and the write cannot lose to another
    /// (`JF_VERSION_MERGE`).
    case any
    /// It has to be at the version it was read at.
    case version(Int64)

    /// Reads the version of the ABI.
    package init(version: Int64) {
      switch version {
      case 0: self = .new
      case -1: self = .any
      default: self = .version(version)
      }
    }
  }

  package var schema: RecordSchema
  package var id: RecordID
  package var expectation: Expectation
  package var fields: JSONObject
  package var operation: Operation

  package init(
    _ operation: Operation, _ schema: RecordSchema, id: RecordID, expectation: Expectation,
    fields: JSONObject = JSONObject()
  ) {
    self.operation = operation
    self.schema = schema
    self.id = id
    self.expectation = expectation
    self.fields = fields
  }
}
