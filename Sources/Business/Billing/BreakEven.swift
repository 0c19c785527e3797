package import Ledger

/// The tokens a day at which the machine pays for itself at a period's realised price, cost and mix,
/// beside what was sold and what the machine can serve. Days are machine time, so that an hour after
/// the start is already judged fairly.
package struct BreakEven: Hashable, Sendable {
  package enum Verdict: Hashable, Sendable {
    /// Nothing was sold: there is no realised price.
    case noTraffic
    /// Vendors serve everything: no fixed cost to recover.
    case noMachine
    /// A token earns no more than it costs upstream: no volume helps.
    case never
    /// More tokens than the machine can serve.
    case beyondCapacity
    case reachable
  }

  package let verdict: Verdict
  /// Nil for `noTraffic`, `noMachine` and `never`.
  package let breakEvenTokens: Int?
  package let soldTokens: Int
  /// Nil when no token used the machine.
  package let capacityTokens: Int?
  package let machineCostPerDay: Money
  /// Revenue and variable cost (without machine time) of a million tokens; nil without traffic.
  package let revenuePerMillion: Money?
  package let variablePerMillion: Money?

  private static let dayNanoseconds: Int128 = 86_400_000_000_000

  package init(_ economics: Economics, _ volume: Volume, machines: Int) {
    let tokens = Int128(volume.tokens)
    let days = Self.dayNanoseconds * Int128(max(1, machines))
    let machine = Int128(economics.machineNanoseconds)
    let left = (economics.revenue - economics.upstream - economics.otherVariable).picos
    func perDay(_ amount: Int128, over nanoseconds: Int128) -> Int128? {
      nanoseconds > 0 ? divide(amount * days, by: nanoseconds, rounding: .halfEven) : nil
    }
    func perMillion(_ amount: Int128) -> Money? {
      guard tokens > 0 else { return nil }
      return Money(
        picos: divide(amount * 1_000_000, by: tokens, rounding: .halfEven), economics.currency)
    }
    let fixed = perDay(economics.machineCost.picos, over: machine) ?? 0
    machineCostPerDay = Money(picos: fixed, economics.currency)
    soldTokens = Int(clamping: perDay(tokens, over: machine) ?? tokens)
    capacityTokens =
      tokens > 0
      ? perDay(tokens, over: Int128(economics.usedNanoseconds)).map { Int(clamping: $0) } : nil
    revenuePerMillion = perMillion(economics.revenue.picos)
    variablePerMillion = perMillion((economics.upstream + economics.otherVariable).picos)
    guard tokens > 0 else {
      verdict = .noTraffic
      breakEvenTokens = nil
      return
    }
    guard machine > 0, fixed > 0 else {
      verdict = .noMachine
      breakEvenTokens = nil
      return
    }
    guard left > 0 else {
      verdict = .never
      breakEvenTokens = nil
      return
    }
    let needed = Int(clamping: divide(fixed * tokens, by: left, rounding: .up))
    breakEvenTokens = needed
    verdict = needed > capacityTokens ?? .max ? .beyondCapacity : .reachable
  }
}
