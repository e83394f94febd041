// SPDX-License-Identifier: Apache-2.0
// What `open` makes: the host's value table, and the runner once `start` was called.
import CCurlCalls
import CJackfield
import ExchangeValues

/// The state of one transport plugin. Confined to the entry thread.
package final class TransportInstance<Runner: TransportRunner> {
  package let values: UnsafePointer<jf_value_interface>
  private let host: UnsafePointer<jf_host>
  private var running: (runner: Runner, reports: TransportReports)?
  /// Files that were handed over for exchanges that are not submitted yet.
  private var attached: [UInt64: [Int32]] = [:]

  package init?(host: UnsafePointer<jf_host>) {
    guard let values = ValueReader.table(of: host) else { return nil }
    self.values = values
    self.host = host
  }

  /// Starts the runner.
  package func start(_ transport: UnsafePointer<jf_transport_host>) -> jf_status {
    let reports = TransportReports(transport)
    do throws(ExchangeFailure) {
      running = (try Runner(reports: reports), reports)
      return JF_OK
    } catch {
      var line = "\(error.code): \(error.message)"
      line.withUTF8 { utf8 in
        let bytes = jf_bytes(data: utf8.baseAddress, size: UInt64(utf8.count))
        host.pointee.log(host, JF_LEVEL_ERROR, bytes)
      }
      return JF_UNAVAILABLE
    }
  }

  /// Takes an open file for the next submit of an exchange.
  ///
  /// **Ownership**: the worker closes it when the exchange is answered.
  package func attach(_ number: UInt64, _ descriptor: Int32) {
    attached[number, default: []].append(descriptor)
  }

  /// Begins the exchange that `make` reads out of the request and the files handed over for it, or
  /// answers why it cannot.
  package func submit(
    _ number: UInt64,
    make: (TransportReports, AttachedFiles) throws(ExchangeFailure) -> Runner.Exchange
  ) {
    guard let running else { return }
    let files = AttachedFiles(attached.removeValue(forKey: number) ?? [])
    do throws(ExchangeFailure) {
      running.runner.begin(try make(running.reports, files))
    } catch {
      running.reports.answered(number, ExchangeAnswer(head: error.head(left: false)))
    }
  }

  package func abort(_ number: UInt64) { running?.runner.abort(number) }

  // MARK: - Crossing the ABI

  /// The instance as the host holds it. **Ownership**: until `release`.
  package func retained() -> OpaquePointer {
    OpaquePointer(Unmanaged.passRetained(self).toOpaque())
  }

  package static func from(_ instance: OpaquePointer?) -> TransportInstance? {
    guard let instance else { return nil }
    return Unmanaged<TransportInstance>.fromOpaque(UnsafeRawPointer(instance))
      .takeUnretainedValue()
  }

  package static func release(_ instance: OpaquePointer?) {
    guard let instance else { return }
    Unmanaged<TransportInstance>.fromOpaque(UnsafeRawPointer(instance)).release()
  }
}
