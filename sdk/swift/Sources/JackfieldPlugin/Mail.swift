// SPDX-License-Identifier: Apache-2.0
// A mail the host is asked to hand over.

/// One e-mail. The From address is always the account's.
public struct Mail: Sendable {
  /// The account, by name; nil is the project's only one.
  public var credential: String?
  public var fromName: String?
  /// `a@b` or `Name <a@b>`, at least one.
  public var to: [String]
  public var cc: [String]
  public var bcc: [String]
  public var replyTo: String?
  public var subject: String
  /// Text or html or both.
  public var text: String?
  public var html: String?
  /// `X-*`, `List-*`, `In-Reply-To`, `References` only.
  public var headers: [HTTPHeader]
  public var attachments: [MailAttachment]

  public init(
    to: [String], subject: String, text: String? = nil, html: String? = nil, cc: [String] = [],
    bcc: [String] = [], replyTo: String? = nil, fromName: String? = nil,
    headers: [HTTPHeader] = [], attachments: [MailAttachment] = [], credential: String? = nil
  ) {
    self.credential = credential
    self.fromName = fromName
    self.to = to
    self.cc = cc
    self.bcc = bcc
    self.replyTo = replyTo
    self.subject = subject
    self.text = text
    self.html = html
    self.headers = headers
    self.attachments = attachments
  }
}

/// A file that travels with a mail.
public struct MailAttachment: Sendable {
  public var name: String
  /// A media type; nil is application/octet-stream.
  public var type: String?
  public var bytes: [UInt8]
  /// The content as a blob, instead of `bytes`.
  public var blob: Blob?

  public init(name: String, type: String? = nil, bytes: [UInt8]) {
    self.name = name
    self.type = type
    self.bytes = bytes
  }

  /// - Parameters: name and type are the blob's where none are given.
  public init(_ blob: Blob, name: String? = nil, type: String? = nil) {
    self.name = name ?? ""
    self.type = type
    bytes = []
    self.blob = blob
  }
}

/// What the account's server said.
public struct MailReceipt: Sendable {
  public var messageID: String
  /// The server's last line.
  public var reply: String
  /// The addresses it took.
  public var accepted: [String]
}
