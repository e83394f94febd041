// SPDX-License-Identifier: Apache-2.0
// What a Swift author writes: a price, and a precondition that does not hold.

struct PriceList {
  let prices: [Int64]

  @inline(never) func price(of count: Int64) -> Int64 {
    precondition(count >= 0, "there is no price for \(count)")
    return prices[0] * count
  }
}

@_cdecl("price_of") func priceOf(_ count: Int64) -> Int64 {
  PriceList(prices: [7]).price(of: count)
}
