// SPDX-License-Identifier: Apache-2.0
// The two reports of a transport to its worker.
import CJackfield
import ExchangeValues

/// Calls the worker's `left` and `answered`.
package struct TransportReports: @unchecked Sendable {
  // Safe because: the worker owns the table for the process's life and takes it on any thread.
  private let host: UnsafePointer<jf_transport_host>

  package init(_ host: UnsafePointer<jf_transport_host>) { self.host = host }

  package func left(_ exchange: UInt64) {
    host.pointee.left(host, exchange)
  }

  package func answered(_ exchange: UInt64, _ answer: ExchangeAnswer) {
    answer.head.withUnsafeBufferPointer { head in
      answer.body.withUnsafeBufferPointer { body in
        host.pointee.answered(
          host, exchange, jf_bytes(data: head.baseAddress, size: UInt64(head.count)),
          jf_bytes(data: body.baseAddress, size: UInt64(body.count)))
      }
    }
  }
}
