// SPDX-License-Identifier: Apache-2.0
import CurlTransport
import Testing

@Suite struct PublicAddressTests {
  @Test(arguments: [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.1.1", "198.18.0.1", "198.19.9.9",
    "203.0.113.9", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1",
    "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1", "100::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "::7f00:1",
    "", "x", "1.2.3", "1.2.3.4.5",
  ])
  func `an address that is not of the public internet`(_ text: String) {
    #expect(!PublicAddress.isPublic(text: text))
  }

  @Test(arguments: [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
    "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
  ])
  func `an address of the public internet`(_ text: String) {
    #expect(PublicAddress.isPublic(text: text))
  }
}
