// SPDX-License-Identifier: Apache-2.0
//
// Who a worker process works for: a lane of action calls, a transport, a listener.

import WorkerProtocol

/// What a worker process tells its owner, on the loop, in this order: ready, any number of said and
/// drained, doomed, maybe stuck, ended. Doomed and ended come for every worker; ready may not.
protocol WorkerOwner: AnyObject {
  /// It loaded its plugin and waits for work.
  func workerIsReady(_ worker: WorkerProcess)

  /// It said something that an owner of its kind must judge.
  ///
  /// **Throws** a violation, for which it is killed.
  func worker(_ worker: WorkerProcess, said message: WorkerMessage) throws(ProtocolViolation)

  /// What was waiting for it has been sent: it takes more.
  func workerIsDrained(_ worker: WorkerProcess)

  /// It is dead or about to be: nothing it says is heard any more, but for last words.
  func workerIsDoomed(_ worker: WorkerProcess)

  /// Whether what it had said before it was killed counts: a transport's `left` does.
  var hearsLastWords: Bool { get }

  /// It was killed and part of what it had said before cannot be known: the worst is to be assumed.
  func workerLastWordsAreLost(_ worker: WorkerProcess)

  /// It was killed two seconds ago and is still not reaped. Nothing of the plugin can run any more
  /// when it ever returns from the kernel.
  func workerIsStuck(_ worker: WorkerProcess, _ death: WorkerDeath)

  /// It is dead and reaped, or never was.
  func worker(_ worker: WorkerProcess, ended death: WorkerDeath)
}

extension WorkerOwner {
  var hearsLastWords: Bool { false }

  func workerLastWordsAreLost(_ worker: WorkerProcess) {}
}
