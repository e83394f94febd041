// SPDX-License-Identifier: Apache-2.0
//
// Every bound of the pool, each with its reason.

/// The bounds of workers and of what waits for them.
package struct PoolLimits: Sendable {
  /// Action workers alive at once: an idle one has 3 MB of its own, a busy one what it is granted.
  package var workers = 64
  /// How long a worker without a call is kept: a start costs 2 to 10 ms, a minute's memory more.
  package var idle: Duration = .seconds(60)
  /// From the spawn to `ready`: loading is milliseconds; a plugin that connects in `open` is wrong.
  package var start: Duration = .seconds(10)
  /// From a kill to the reap: only a process that hangs in the kernel takes longer.
  package var reap: Duration = .seconds(2)
  /// What the host services have to say how far a closed call's requests got.
  package var egress: Duration = .seconds(1)
  /// From the cancel of an overdue call to the kill: a call that looks at `cancelled` spares the
  /// other calls of its worker.
  package var cancel: Duration = .milliseconds(100)
  /// From the end of its socket to the kill: a process that ends closes it first.
  package var closedSocket: Duration = .milliseconds(100)
  /// From `stop` to the kill of a worker that is no longer needed.
  package var retire: Duration = .seconds(5)
  /// How long a busy worker may keep its place while others wait for one.
  package var turn: Duration = .seconds(1)
  /// The first pause after a failed start; doubled by each further one.
  package var backOffFirst: Duration = .milliseconds(200)
  package var backOffMost: Duration = .seconds(30)
  /// What may wait for a worker that does not read, before it is killed.
  package var unreadBytes = 8 << 20
  package var unreadMessages = 4_096
  /// Above this no new calls and exchanges are sent, so that only answers can fill the rest.
  package var congestedBytes = 1 << 20
  package var congestedMessages = 256
  /// How often one call may be collateral before it is charged itself.
  package var collateral = 3
  /// After how many crashes with a call among several suspects it runs alone.
  package var suspicions = 2
  /// Calls whose past is remembered: 100 bytes each.
  package var remembered = 10_000
  /// **Unit** bytes. One line of a worker's output; the rest of a longer one is dropped.
  package var logLine = 8 << 10
  /// Lines of one worker's output: this many at once, and as many a second as `logLinesPerSecond`.
  package var logLines = 500
  package var logLinesPerSecond = 100

  package init() {}
}
