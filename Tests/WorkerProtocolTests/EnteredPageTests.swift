// SPDX-License-Identifier: Apache-2.0
// The memory both sides see.
import Glibc
import Testing

@testable import WorkerProtocol

@Suite struct EnteredPageTests {
  @Test func `what one side enters the other side reads`() throws {
    let (page, descriptor) = try EnteredPage.create(maxCalls: 1_024)
    defer { close(descriptor) }
    let other = try EnteredPage(mapping: descriptor)
    #expect(other.count >= 1_025)
    other.enter(0, call: 17)
    other.enter(1_024, call: 18)
    #expect(page.entered == [17, 18])
    other.enter(0, call: 0)
    #expect(page.entered == [18])
  }

  @Test func `a slot that is not there is passed over`() throws {
    let (page, descriptor) = try EnteredPage.create(maxCalls: 1)
    defer { close(descriptor) }
    page.enter(-1, call: 1)
    page.enter(page.count, call: 1)
    #expect(page.entered.isEmpty)
  }

  @Test func `the page cannot be cut off under the host`() throws {
    let (page, descriptor) = try EnteredPage.create(maxCalls: 1)
    defer { close(descriptor) }
    #expect(ftruncate(descriptor, 0) != 0)
    #expect(page.entered.isEmpty)
  }
}
