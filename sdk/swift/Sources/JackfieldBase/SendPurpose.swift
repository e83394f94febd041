// SPDX-License-Identifier: Apache-2.0
// Why something is sent.

/// The purpose of a send: opt-outs stop marketing, a blacklist stops both.
public enum SendPurpose: String, Codable, Sendable, Hashable {
  case transactional
  case marketing
}
