// SPDX-License-Identifier: Apache-2.0
// How loud a log line is.

/// How loud a line of the run's log is.
public enum LogLevel: Int32, Sendable, Hashable {
  case debug = 0
  case info = 1
  case warning = 2
  case error = 3
}
