// SPDX-License-Identifier: Apache-2.0
// The account a mail is sent through.
import CCurlCalls
import CurlTransport
import ExchangeValues
import Glibc

/// Where a mail is handed over, how the connection is secured, and who logs in.
struct MailServer {
  enum Security: String {
    /// A plain connection that must become TLS before anything else is said.
    case startTLS = "starttls"
    /// TLS from the first byte.
    case tls
    /// No TLS at all, for a server on the same machine.
    case none
  }

  let host: String
  let port: Int
  let security: Security
  let user: OwnedBytes?
  let password: OwnedBytes?
  let from: String
  let fromName: String?
  let caFile: String?
  private(set) var scrubber = Scrubber()

  /// **Throws**: `invalid_input`.
  init(reading value: ValueReader) throws(ExchangeFailure) {
    host = try Self.checkedHost(value["host"].text ?? "")
    guard let security = Security(rawValue: value["security"].text ?? "starttls") else {
      throw .invalid("bad_server", "the account's security must be starttls, tls or none")
    }
    self.security = security
    let standard: Int64 = security == .tls ? 465 : security == .startTLS ? 587 : 25
    guard let port = value["port"].isNull ? standard : value["port"].integer,
      (1...65_535).contains(port)
    else { throw .invalid("bad_server", "the account's port must be 1 to 65535") }
    self.port = Int(port)
    user = try Self.secret(value["user"])
    password = try Self.secret(value["password"])
    guard let from = value["from"].text else {
      throw .invalid("bad_server", "the account has no from address")
    }
    self.from = from
    fromName = value["from_name"].text
    caFile = value["ca_file"].text
    addSecrets()
  }

  private mutating func addSecrets() {
    guard let password else { return }
    scrubber.add(password)
  }

  /// `smtp://host:port/name`: the path is the name libcurl says EHLO with.
  func url(ehloName: String) -> String {
    let scheme = security == .tls ? "smtps" : "smtp"
    return "\(scheme)://\(host):\(port)/\(ehloName)"
  }

  /// The ASCII form of an international domain, or nil when it has none.
  static func asciiDomain(_ domain: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { out in
      guard let start = out.baseAddress, jf_domain_to_ascii(domain, start, out.count) == 1 else {
        return nil
      }
      return String(cString: start)
    }
  }

  /// A name or an address, IPv6 in brackets; nothing that could end the URL's host.
  private static func checkedHost(_ host: String) throws(ExchangeFailure) -> String {
    let ascii = host.utf8.allSatisfy { $0 < 0x80 } ? host : asciiDomain(host) ?? ""
    let isName = ascii.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }
    var address = in6_addr()
    if inet_pton(AF_INET6, ascii, &address) == 1 { return "[\(ascii)]" }
    guard isName, (1...253).contains(ascii.utf8.count) else {
      throw .invalid("bad_server", "the account's host is no host name")
    }
    return ascii
  }

  private static func secret(_ value: ValueReader) throws(ExchangeFailure) -> OwnedBytes? {
    guard let bytes = value.textBytes, !bytes.isEmpty else { return nil }
    guard !UTF8Check.hasControl(bytes) else {
      throw .invalid(
        "bad_server", "the account's user or password holds a control character: store it again")
    }
    return OwnedBytes(bytes)
  }
}
