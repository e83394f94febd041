// SPDX-License-Identifier: Apache-2.0
// The page between a link and what it does.

/// A GET may come from a link preview or a virus scanner; so it shows a button, and pressing it
/// sends the same URL with POST and this one field.
enum ConfirmationPage {
  private static let field = "jackfield_confirm"

  /// Whether a body is the button's.
  static func isConfirmation(_ body: [UInt8]) -> Bool { body == Array("\(field)=1".utf8) }

  static let question = IngressReply(
    status: 200,
    page: page(
      """
      <p>Please confirm that you want to go on.</p>
      <form method="post"><button name="\(field)" value="1">Go on</button></form>
      """))

  static let done = IngressReply(status: 200, page: page("<p>Thank you, it is done.</p>"))

  private static func page(_ content: String) -> String {
    """
    <!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex">
    <meta name="viewport" content="width=device-width"><title>Confirm</title>
    <body style="font-family:sans-serif;text-align:center;margin-top:20vh">\(content)</body></html>
    """
  }
}
