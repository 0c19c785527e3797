/// What a quantity measures, as whole powers of base dimensions.
///
/// Money, time and tokens are strict: they must agree. Counted things (customers, seats…) must agree
/// where both sides write them, and may be left out: `30 ¥/月` fits a field of money a customer a
/// month, `30 ¥/seat/月` does not.
package struct Dimension: Hashable, Sendable, CustomStringConvertible {
  package enum Base: Int, Sendable, CaseIterable {
    case money, time, token
    case customer, person, seat, conversation, request, machine, user, order, project

    package var isStrict: Bool { rawValue <= Base.token.rawValue }

    /// As they are written: time last, as in money/customer/time.
    static let written = allCases.filter { $0 != .time } + [.time]
  }

  /// Lanes are `Base` raw values; the rest stay 0.
  private var powers = SIMD16<Int8>(repeating: 0)

  package init() {}

  package init(_ base: Base, _ power: Int8 = 1) { powers[base.rawValue] = power }

  package subscript(_ base: Base) -> Int { Int(powers[base.rawValue]) }

  package var isOne: Bool { powers == SIMD16(repeating: 0) }

  /// Largest power that is a real quantity; formulas beyond it are refused.
  package static let largestPower = 9

  package static func * (left: Dimension, right: Dimension) -> Dimension {
    var product = left
    product.powers &+= right.powers
    return product
  }

  package static func / (left: Dimension, right: Dimension) -> Dimension {
    var quotient = left
    quotient.powers &-= right.powers
    return quotient
  }

  /// Nil when a power would pass `largestPower`.
  package func raised(to exponent: Int) -> Dimension? {
    var result = Dimension()
    for base in Base.allCases where self[base] != 0 {
      let (power, overflow) = self[base].multipliedReportingOverflow(by: exponent)
      guard !overflow, abs(power) <= Self.largestPower else { return nil }
      result.powers[base.rawValue] = Int8(power)
    }
    return result
  }

  /// Nil when a power is odd.
  package var squareRoot: Dimension? {
    guard Base.allCases.allSatisfy({ self[$0] % 2 == 0 }) else { return nil }
    var root = self
    for base in Base.allCases { root.powers[base.rawValue] /= 2 }
    return root
  }

  package var isReasonable: Bool {
    Base.allCases.allSatisfy { abs(self[$0]) <= Self.largestPower }
  }

  /// Only the strict powers.
  package var strict: Dimension {
    var result = Dimension()
    for base in Base.allCases where base.isStrict {
      result.powers[base.rawValue] = powers[base.rawValue]
    }
    return result
  }

  /// Whether a quantity of this dimension may stand where `expected` is asked for: strict powers
  /// equal, and every counted thing that is written is also asked for.
  package func fits(_ expected: Dimension) -> Bool {
    Base.allCases.allSatisfy { base in
      self[base] == expected[base] || (!base.isStrict && self[base] == 0)
    }
  }

  /// The dimension of a sum, difference, minimum or maximum; nil when the two cannot be added.
  package static func common(_ left: Dimension, _ right: Dimension) -> Dimension? {
    if left.fits(right) { return right }
    if right.fits(left) { return left }
    return nil
  }

  package static let one = Dimension()
  package static let money = Dimension(.money)
  package static let time = Dimension(.time)
  package static let tokens = Dimension(.token)
  package static let customers = Dimension(.customer)
  package static let people = Dimension(.person)
  package static let seats = Dimension(.seat)
  package static let conversations = Dimension(.conversation)
  package static let requests = Dimension(.request)
  package static let machines = Dimension(.machine)
  package static let users = Dimension(.user)
  package static let orders = Dimension(.order)
  package static let projects = Dimension(.project)
  package static let perTime = one / time
  package static let moneyPerTime = money / time
  package static let tokensPerTime = tokens / time
  package static let moneyPerToken = money / tokens
  package static let moneyPerCustomer = money / customers
  package static let moneyPerCustomerTime = money / customers / time
  package static let moneyPerPersonTime = money / people / time
  package static let moneyPerMachine = money / machines
  package static let moneyPerMachineTime = money / machines / time
  package static let moneyPerSeatTime = money / seats / time
  package static let tokensPerMachineTime = tokens / machines / time
  package static let tokensPerCustomerTime = tokens / customers / time
  package static let tokensPerUserTime = tokens / users / time
  package static let tokensPerRequest = tokens / requests
  package static let customersPerTime = customers / time
  package static let usersPerTime = users / time
  package static let ordersPerTime = orders / time
  package static let projectsPerTime = projects / time
  package static let conversationsPerCustomerTime = conversations / customers / time
  package static let seatsPerCustomer = seats / customers

  /// Reads `money/customer/time`, `1/time`, `token*time`; nil for anything else. Plurals are fine.
  package init?(_ text: String) {
    self.init()
    var divides = false
    var word = ""
    func base(_ word: String) -> Base? {
      Base.allCases.first { "\($0)" == word || "\($0)s" == word }
        ?? (word == "people" ? .person : nil)
    }
    for character in text.lowercased() + "*" {
      guard character == "*" || character == "/" else {
        if !character.isWhitespace { word.append(character) }
        continue
      }
      if let base = base(word) {
        powers[base.rawValue] &+= divides ? -1 : 1
      } else if word != "1" && word != "one" {
        return nil
      }
      divides = character == "/"
      word = ""
    }
  }

  /// `money/customer/time`; `1` for none.
  package var description: String {
    func factors(_ sign: Int) -> [String] {
      Base.written.filter { self[$0] * sign > 0 }.flatMap { base in
        Array(repeating: "\(base)", count: abs(self[base]))
      }
    }
    let above = factors(1), below = factors(-1)
    return ([above.isEmpty ? "1" : above.joined(separator: "*")] + below).joined(separator: "/")
  }
}

/// For files that import Foundation too, which has another `Dimension`.
package typealias QuantityDimension = Dimension
