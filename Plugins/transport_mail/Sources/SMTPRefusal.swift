// SPDX-License-Identifier: Apache-2.0
// What a server's refusal means.
import ExchangeValues

/// Classifies a refusal by its first digit and by what was refused: 4 is temporary, 5 is not, and
/// a refused login is denied.
enum SMTPRefusal {
  static func failure(_ reply: SMTPDialogue.Reply, place: String) -> ExchangeFailure {
    let isTemporary = reply.code < 500
    let (what, subject) = subject(of: reply)
    let isLogin = reply.code == 530 || reply.code == 535 || reply.stage == .login
    let errorClass: ExchangeFailure.Class =
      isTemporary ? .unavailable : isLogin ? .denied : .failed
    let code =
      !isTemporary && isLogin ? "login_refused" : what + (isTemporary ? "_deferred" : "_refused")
    return ExchangeFailure(
      errorClass, code, "\(place) refused \(subject): \(reply.line)",
      providerCode: reply.providerCode)
  }

  private static func subject(of reply: SMTPDialogue.Reply) -> (code: String, text: String) {
    switch reply.stage {
    case .greeting: ("session", "the session")
    case .login: ("login", "the login")
    case .sender: ("sender", "the sender")
    case .recipient(let address): ("recipient", "the recipient \(address)")
    case .message: ("message", "the message")
    }
  }
}
