// SPDX-License-Identifier: Apache-2.0
//
// What waits to be sent to a worker.

import WorkerProtocol

/// A queue of messages with its weight.
struct Outbox {
  private var messages: [EncodedMessage] = []
  private var head = 0
  /// **Unit** bytes.
  private(set) var weight = 0

  var count: Int { messages.count - head }
  var isEmpty: Bool { count == 0 }
  var waiting: ArraySlice<EncodedMessage> { messages[head...] }

  mutating func append(_ message: EncodedMessage) {
    messages.append(message)
    weight += message.weight
  }

  /// Forgets the first `count`, which were sent.
  mutating func drop(_ count: Int) {
    for message in messages[head..<(head + count)] { weight -= message.weight }
    head += count
    if head == messages.count {
      messages.removeAll(keepingCapacity: messages.capacity <= 1_024)
      head = 0
    } else if head > 512 {
      messages.removeFirst(head)
      head = 0
    }
  }

  mutating func removeAll() {
    self = Outbox()
  }
}
