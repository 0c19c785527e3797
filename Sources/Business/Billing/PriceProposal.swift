package import Ledger

/// A price from a measured cost: what a token's machine time costs when only a part of the day is
/// sold, raised so that the target margin is left.
package struct PriceProposal: Hashable, Sendable {
  /// Tokens computed in so many nanoseconds of the machine.
  package struct Speed: Hashable, Sendable {
    package let tokens: Int64
    package let nanoseconds: Int64
    package init(tokens: Int64, nanoseconds: Int64) {
      self.tokens = tokens
      self.nanoseconds = nanoseconds
    }
  }

  /// Cost of a million tokens at the assumed utilisation.
  package let inputCost: Money
  package let outputCost: Money
  /// Prices of a million tokens.
  package let input: Money
  package let cachedInput: Money
  package let output: Money

  /// - Parameters:
  ///   - prompt: how fast prompts are read.
  ///   - completion: how fast completions are written, over all sequences of the batch.
  ///   - utilisationPercent: the part of the machine's time that is sold, 1...100.
  ///   - targetMarginPercent: gross margin left at that utilisation, 0...99.
  /// A cached prompt token costs next to nothing to serve; it is priced at a tenth of the input.
  package init(
    prompt: Speed, completion: Speed, rate: MachineRate, utilisationPercent: Int,
    targetMarginPercent: Int
  ) throws(BillingError) {
    guard prompt.tokens > 0, prompt.nanoseconds > 0, completion.tokens > 0,
      completion.nanoseconds > 0
    else { throw BillingError(.invalid, "the model could not be measured: no token was computed") }
    guard (1...100).contains(utilisationPercent), (0...99).contains(targetMarginPercent) else {
      throw BillingError(
        .invalid, "pricing: utilisation_percent must be 1 to 100 and target_margin_percent 0 to 99")
    }
    func cost(_ speed: Speed) -> Money {
      let time = rate.hourly.picos * Int128(speed.nanoseconds) * 1_000_000
      let perMillion = divide(
        time, by: MachineRate.nanosecondsPerHour * Int128(speed.tokens), rounding: .up)
      return Money(
        picos: divide(perMillion * 100, by: Int128(utilisationPercent), rounding: .up),
        rate.hourly.currency)
    }
    func price(_ cost: Money) -> Money {
      let raised = divide(cost.picos * 100, by: Int128(100 - targetMarginPercent), rounding: .up)
      return Money(picos: Self.roundUp(raised), cost.currency)
    }
    inputCost = cost(prompt)
    outputCost = cost(completion)
    input = price(inputCost)
    cachedInput = Money(
      picos: Self.roundUp(divide(input.picos, by: 10, rounding: .up)), rate.hourly.currency)
    output = price(outputCost)
  }

  /// Up to two significant digits, at least the finest price (10⁻⁶ a million tokens).
  private static func roundUp(_ picos: Int128) -> Int128 {
    var unit: Int128 = 1_000_000
    while picos > unit * 100 { unit *= 10 }
    return divide(picos, by: unit, rounding: .up) * unit
  }
}
